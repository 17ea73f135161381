# expect: runtime_error
# exit: 9
exit 9

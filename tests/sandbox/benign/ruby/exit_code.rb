# expect: runtime_error
# exit: 5
exit 5

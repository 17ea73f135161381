# expect: runtime_error
# exit: 1
# errors: (?s)Traceback.*ZeroDivisionError: division by zero\n
1 / 0

# expect: runtime_error
# exit: 1
# errors: (?s).*no \(ArgumentError\).*
raise ArgumentError, 'no'

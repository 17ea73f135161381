# family: processes
# language: bash
# expect: time_limit process_limit runtime_error
# limits: wall=1
# heavy: yes
# breach: the host cannot fork, or a process outlives the box
bomb() { bomb | bomb & }
bomb
sleep 5

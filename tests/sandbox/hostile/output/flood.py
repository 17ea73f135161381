# family: output
# language: python
# expect: output_limit
# limits: output=64
# heavy: yes
# breach: more output than the limit
while True:
    print('y' * 1000)

# family: collector
# language: python
# expect: ok
# collect: sparse full good.txt
# collected: good.txt
# breach: a file of any size is taken into the runner's memory
with open('sparse', 'wb') as file:
    file.truncate(60 << 20)
with open('full', 'wb') as file:
    file.write(bytes(40 << 20))
open('good.txt', 'w').write('good')

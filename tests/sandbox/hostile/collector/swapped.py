# family: collector
# language: python
# expect: ok
# collect: x a/b/c
# breach: a file that turns into a link while it is taken
import os

os.makedirs('a/b')
for _ in range(4):
    if os.fork() == 0:
        while True:
            for make in (lambda: open('x', 'w').write('x'), lambda: os.symlink('/etc/passwd', 'y') or os.rename('y', 'x'),
                         lambda: os.symlink('/etc', 'z') or os.rename('a/b', 'a/old') or os.rename('z', 'a/b'), lambda: os.unlink('x')):
                try:
                    make()
                except OSError:
                    pass

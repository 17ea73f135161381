# family: secrets
# language: python
# expect: ok
# says: held
# limits: wall=10 memory=256
# breach: a file anywhere holds one of the words that the host hides
import os

word = b'CANARY' + b'-OF-'
found = []
for folder, folders, files in os.walk('/', onerror=lambda e: None):
    if folder in ('/', '/usr'):
        folders[:] = [f for f in folders if f not in ('proc', 'lib', 'share', 'include')]
    for name in files:
        path = os.path.join(folder, name)
        try:
            if os.path.isfile(path) and not path.startswith('/dev') and os.path.getsize(path) < 1 << 20:
                with open(path, 'rb') as file:
                    if word in file.read() and path != os.path.abspath(__file__):
                        found.append(path)
        except OSError:
            pass
print('BREACH ' + ' '.join(found) if found else 'held')

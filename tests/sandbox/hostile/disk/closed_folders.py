# family: disk
# language: python
# expect: ok
# says: held
# collect: closed/file open
# breach: folders that nobody may open keep the box from being taken down, or the collector waits
import os

os.mkdir('closed')
with open('closed/file', 'w', encoding='ascii') as file:
    file.write('x')
os.chmod('closed/file', 0)
os.chmod('closed', 0)
with open('open', 'w', encoding='ascii') as file:
    file.write('x')
for folder in ('/tmp', '/dev/shm', '/work'):
    os.chmod(folder, 0)
print('held')

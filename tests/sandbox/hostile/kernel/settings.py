# family: kernel
# language: python
# expect: ok
# says: held
# limits: wall=8
# bwrap: no landlock keeps settings of the box's own namespaces from being opened
# breach: a setting of the kernel can be written
import os

won = []
for folder, _, files in os.walk('/proc/sys', onerror=lambda e: None):
    for name in files:
        try:
            os.close(os.open(os.path.join(folder, name), os.O_WRONLY))
            won.append(os.path.join(folder, name))
        except OSError:
            pass
for path in ('/proc/sysrq-trigger', '/proc/sys/kernel/core_pattern', '/proc/sys/fs/binfmt_misc/register', '/proc/irq/0/smp_affinity', '/proc/mtrr',
             '/proc/acpi/wakeup', '/proc/self/attr/exec', '/proc/self/attr/current', '/proc/self/coredump_filter', '/proc/self/timerslack_ns'):
    try:
        os.close(os.open(path, os.O_WRONLY))
        won.append(path)
    except OSError:
        pass
print('BREACH ' + ' '.join(won[:20]) if won else 'held')

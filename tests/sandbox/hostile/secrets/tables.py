# family: secrets
# language: python
# expect: ok
# says: held
# bwrap: it shows all of /proc
# breach: tables of the kernel tell of the host's devices, file systems, locks and interrupts, which tell what others do
import os

won = []
for name in ('interrupts', 'locks', 'diskstats', 'partitions', 'swaps', 'modules', 'kallsyms', 'keys', 'key-users', 'timer_list', 'sched_debug', 'latency_stats',
             'mtrr', 'cmdline', 'config.gz', 'kcore', 'slabinfo', 'vmallocinfo', 'pagetypeinfo', 'kpagecount', 'kpageflags', 'kpagecgroup', 'mdstat',
             'dma', 'iomem', 'ioports', 'schedstat'):
    try:
        with open('/proc/' + name, 'rb') as file:
            if file.read(64):
                won.append(name)
    except OSError:
        pass
for name in ('acpi', 'asound', 'bus', 'driver', 'fs', 'irq', 'scsi', 'sysrq-trigger', 'tty/driver', 'dynamic_debug'):
    for folder, _, files in os.walk('/proc/' + name):
        for file in files:
            try:
                with open(os.path.join(folder, file), 'rb') as opened:
                    if opened.read(64):
                        won.append(os.path.join(folder, file))
            except OSError:
                pass
with open('/proc/self/mountinfo', encoding='utf-8') as file:
    for line in file:
        if '/box-' in line and '/box-init' not in line or '/home' in line or '/root' in line:
            won.append(line.strip())
print('BREACH ' + ' '.join(won[:20]) if won else 'held')

# family: memory
# language: python
# expect: ok
# says: held
# bwrap: no landlock keeps its own files in /proc from being written
# breach: the program lets others be killed in its place
won = []
for path in ('/proc/self/oom_score_adj', '/proc/self/oom_adj', '/proc/1/oom_score_adj', '/proc/self/clear_refs',
             '/proc/sys/vm/overcommit_memory', '/proc/sys/vm/drop_caches'):
    try:
        with open(path, 'w') as file:
            file.write('1')
        won.append(path)
    except OSError:
        pass
print('BREACH ' + ' '.join(won) if won else 'held')

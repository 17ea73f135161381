# family: secrets
# language: python
# expect: ok
# says: held
# unfiltered: breach
# bwrap: the kernel counts them for the host user
# breach: what the kernel gives to one host user is used up for all other boxes
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
taken = sum(libc.inotify_init1(0) >= 0 for _ in range(200))
print('BREACH' if taken else 'held')

# family: collector
# language: python
# expect: ok
# collect: fifo socket folder twice closed closed-folder/x missing good.txt
# collected: closed closed-folder/x good.txt
# limits: wall=4
# breach: the collector waits on what is no file, or takes it
import os
import socket

os.mkfifo('fifo')
socket.socket(socket.AF_UNIX).bind('socket')
os.mkdir('folder')
open('once', 'w').write('x')
os.link('once', 'twice')
open('closed', 'w').write('x')
os.chmod('closed', 0)
os.mkdir('closed-folder')
open('closed-folder/x', 'w').write('x')
os.chmod('closed-folder', 0)
open('good.txt', 'w').write('good')

# prints: 4950 True
import concurrent.futures
import threading

lock = threading.Lock()
total = 0


def add(n):
    global total
    with lock:
        total += n


with concurrent.futures.ThreadPoolExecutor(8) as pool:
    list(pool.map(add, range(100)))
print(total, threading.active_count() == 1)

# prints: [0, 1, 4, 9, 16]
import multiprocessing


def square(n):
    return n * n


if __name__ == '__main__':
    with multiprocessing.get_context('fork').Pool(3) as pool:
        print(pool.map(square, range(5)))

# sha256: 6aa1e1714a13aba0aac2c5fa0f5bf3f55dc58e6a17275ba3f1ed4919ab8f114d
for i in range(120000):
    print(i)

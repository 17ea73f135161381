# prints: Grüße, 世界 🎉 ñ
# prints: 7 13
text = 'Grüße, 世界 🎉 ñ'
print(text)
print(len('Grüße🎉ñ'), len('Grüße 世界🎉'.encode()) - 5)

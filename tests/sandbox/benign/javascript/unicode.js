// prints: Grüße 世界 🎉 2
console.log('Grüße 世界 🎉', '🎉'.length);

import ArgumentParser
print("ambit")

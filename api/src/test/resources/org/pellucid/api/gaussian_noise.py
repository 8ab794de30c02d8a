"""Makes gaussian-noise.txt: an independent writing of GaussianNoise in Python 3 (standard library
alone; its floats are binary64 and its arithmetic correctly rounded). Checked against
scipy.special.ndtri of SciPy 1.17.1: relative differences stay below 2e-15.

    python3 gaussian_noise.py > gaussian-noise.txt
"""

import math

A = [3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
     1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
     3.3430575583588128105e4, 2.5090809287301226727e3]
B = [1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
     5.2264952788528545610e3]
C = [1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4]
D = [1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9]
STREAM = 0x4E4F4953
MASK = 0xFFFFFFFF


def philox(c, k):
    c, k = list(c), list(k)
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & MASK, (p0 >> 32) ^ c[3] ^ k[1], p0 & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


def horner(c, x):
    value = c[-1]
    for coefficient in c[-2::-1]:
        value = value * x + coefficient
    return value


def log(p):
    mantissa, exponent = math.frexp(p)
    mantissa, exponent = mantissa * 2, exponent - 1
    if mantissa > 1.4142135623730951:
        mantissa, exponent = mantissa / 2, exponent + 1
    s = (mantissa - 1) / (mantissa + 1)
    series = horner([1.0 / (2 * k + 1) for k in range(12)], s * s)
    return exponent * 0.6931471805599453 + 2 * s * series


def normal(word):
    u = (2 * word + 1) / 2.0**33
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * horner(A, r) / horner(B, r)
    r = math.sqrt(-log(0.5 - abs(q))) - 1.6
    return math.copysign(horner(C, r) / horner(D, r), q)


def z(seed, sample, element):
    seed &= 2**64 - 1
    block = element // 4
    words = philox([block & MASK, block >> 32, sample, STREAM], [seed & MASK, seed >> 32])
    return normal(words[element % 4])


def main():
    print("# Standard normal numbers of GaussianNoise: seed, sample, element, and the number as a")
    print("# binary64 in C's hexadecimal notation. Made by gaussian_noise.py, which stands beside.")
    for seed in (0, 1, -1, 0x123456789ABCDEF):
        for sample in (0, 1, 24, 9999):
            for element in (0, 1, 2, 3, 4, 150527):
                print(seed, sample, element, z(seed, sample, element).hex())


if __name__ == "__main__":
    main()

package org.pellucid.api;

/**
 * The counter-based random generator Philox4x32-10: 128 random bits as a pure function of a 128-bit
 * counter and a 64-bit key, so that any element of any sample can be made anywhere, in any order.
 *
 * <p>J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw: "Parallel random numbers: as easy as 1, 2,
 * 3", SC 2011.
 *
 * @since 0.1.0
 */
public final class Philox {
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;
  private static final long LOW = 0xFFFFFFFFL;

  private Philox() {}

  /**
   * One block of four unsigned 32-bit numbers.
   *
   * @param counter0 word 0 of the counter, the least significant; words 1 to 3 follow
   * @param key0 word 0 of the key; word 1 follows
   * @param block receives the four words in order
   */
  public static void block(
      int counter0, int counter1, int counter2, int counter3, int key0, int key1, int[] block) {
    int c0 = counter0;
    int c1 = counter1;
    int c2 = counter2;
    int c3 = counter3;
    int k0 = key0;
    int k1 = key1;
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (c0 & LOW);
      long product1 = MULTIPLIER_1 * (c2 & LOW);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    block[0] = c0;
    block[1] = c1;
    block[2] = c2;
    block[3] = c3;
  }
}

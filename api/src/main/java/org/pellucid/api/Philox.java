package org.pellucid.api;

import java.util.Arrays;

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

  /** How many blocks {@link #blocks} makes. */
  static final int TOGETHER = 256;

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

  /**
   * {@value #TOGETHER} blocks, whose counters follow one another in word 0. A round is a loop over
   * one array, with distances that are constants: the JIT compiler then knows that blocks do not
   * depend on each other, and makes vector instructions of it.
   *
   * @param counter0 word 0 of the first block's counter
   * @param words receives word w of block i at w * {@value #TOGETHER} + i
   */
  static void blocks(
      int counter0, int counter1, int counter2, int counter3, int key0, int key1, int[] words) {
    for (int i = 0; i < TOGETHER; i++) {
      words[i] = counter0 + i;
    }
    Arrays.fill(words, TOGETHER, 2 * TOGETHER, counter1);
    Arrays.fill(words, 2 * TOGETHER, 3 * TOGETHER, counter2);
    Arrays.fill(words, 3 * TOGETHER, 4 * TOGETHER, counter3);
    for (int round = 0; round < ROUNDS; round++) {
      round(words, key0 + round * WEYL_0, key1 + round * WEYL_1);
    }
  }

  private static void round(int[] words, int key0, int key1) {
    for (int i = 0; i < TOGETHER; i++) {
      int c0 = words[i];
      int c1 = words[TOGETHER + i];
      int c2 = words[2 * TOGETHER + i];
      int c3 = words[3 * TOGETHER + i];
      words[i] = high(c2, (int) MULTIPLIER_1) ^ c1 ^ key0;
      words[TOGETHER + i] = c2 * (int) MULTIPLIER_1;
      words[2 * TOGETHER + i] = high(c0, (int) MULTIPLIER_0) ^ c3 ^ key1;
      words[3 * TOGETHER + i] = c0 * (int) MULTIPLIER_0;
    }
  }

  /** The high half of the product of unsigned words, by halves of them: no sum leaves 32 bits. */
  private static int high(int a, int b) {
    int aLow = a & 0xFFFF;
    int aHigh = a >>> 16;
    int bLow = b & 0xFFFF;
    int bHigh = b >>> 16;
    int middle = aHigh * bLow + (aLow * bLow >>> 16);
    int other = aLow * bHigh + (middle & 0xFFFF);
    return aHigh * bHigh + (middle >>> 16) + (other >>> 16);
  }
}

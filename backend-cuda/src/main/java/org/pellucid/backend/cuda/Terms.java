package org.pellucid.backend.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * The terms of a convolution's sums: the elements of the kernel that a phase of the output meets,
 * its taps, times the input channels of a group.
 *
 * @param table {@code Term} of conv.cuh: which element of the input, and where; per tap, or, where
 *     channels are few, per term
 * @param positions per term, where its weights begin in those of a row; negative where a term only
 *     fills up
 * @param taps entries of the table
 * @param deep terms of a tap: the channels, filled up; 0 where the table is per term
 */
record Terms(int[] table, int[] positions, int taps, int deep) {
  private static final int FIELDS = 4;

  /** What kernels take in a step; the channels of a tap are filled up to a multiple of it. */
  static final int STEP = 16;

  /**
   * The elements of the kernel that output elements of a phase meet: element {@code numbers[i]},
   * counted row-major, stands over the input at the output's index times the step, plus {@code
   * at[i]}.
   *
   * @param first the phase's first output element
   */
  record Footprint(Spatial first, List<Integer> numbers, List<Spatial> at) {
    private static Footprint of(Spatial first) {
      return new Footprint(first, new ArrayList<>(), new ArrayList<>());
    }
  }

  /** How many there are. */
  int count() {
    return positions.length;
  }

  /** The footprint of a convolution: the whole kernel, for all of the output. */
  static Footprint footprint(Spatial kernel, Spatial dilations, Spatial pads) {
    Footprint all = Footprint.of(new Spatial(0, 0, 0));
    for (int i = 0; i < kernel.size(); i++) {
      Spatial k = kernel.index(i);
      all.numbers.add(i);
      all.at.add(
          new Spatial(
              k.z() * dilations.z() - pads.z(),
              k.y() * dilations.y() - pads.y(),
              k.x() * dilations.x() - pads.x()));
    }
    return all;
  }

  /**
   * The footprints of a transposed convolution: output element o meets kernel element k where o +
   * pad - k dilation is a multiple of the stride, and then over that multiple. So all of equal
   * remainder to the strides are alike.
   */
  static List<Footprint> phases(Spatial kernel, Spatial dilations, Spatial pads, Spatial strides) {
    List<Footprint> phases = new ArrayList<>();
    for (int remainder = 0; remainder < strides.size(); remainder++) {
      Footprint phase = Footprint.of(strides.index(remainder));
      for (int i = 0; i < kernel.size(); i++) {
        Spatial k = kernel.index(i);
        int z = phase.first.z() + pads.z() - k.z() * dilations.z();
        int y = phase.first.y() + pads.y() - k.y() * dilations.y();
        int x = phase.first.x() + pads.x() - k.x() * dilations.x();
        if (z % strides.z() == 0 && y % strides.y() == 0 && x % strides.x() == 0) {
          phase.numbers.add(i);
          phase.at.add(new Spatial(z / strides.z(), y / strides.y(), x / strides.x()));
        }
      }
      phases.add(phase);
    }
    return phases;
  }

  /** Whether a step stays under a tap. */
  boolean byTap() {
    return deep > 0;
  }

  /**
   * The terms of a group.
   *
   * @param channels of the group's input
   * @param in the input's lengths
   * @param channelStep from one channel to the next in the weights
   * @param canFillUp whether the table may be per tap
   */
  static Terms of(
      int channels, Spatial in, int channelStep, Footprint footprint, boolean canFillUp) {
    int deep = (channels + STEP - 1) / STEP * STEP;
    // Not where filling up would make more than half again as many terms, and not without taps: a
    // kernel that goes by them reads the first, which phases between the steps of a transposed
    // convolution may not have.
    boolean some = !footprint.numbers().isEmpty();
    return canFillUp && some && 3 * channels >= 2 * deep
        ? byTap(channels, deep, in, channelStep, footprint)
        : each(channels, in, channelStep, footprint);
  }

  private static Terms byTap(
      int channels, int deep, Spatial in, int channelStep, Footprint footprint) {
    int taps = footprint.numbers().size();
    int[] table = new int[taps * FIELDS];
    int[] positions = new int[taps * deep];
    for (int i = 0; i < taps; i++) {
      enter(table, i, 0, in, footprint.at().get(i));
      for (int c = 0; c < deep; c++) {
        positions[i * deep + c] = c < channels ? c * channelStep + footprint.numbers().get(i) : -1;
      }
    }
    return new Terms(table, positions, taps, deep);
  }

  private static Terms each(int channels, Spatial in, int channelStep, Footprint footprint) {
    int taps = footprint.numbers().size();
    int[] table = new int[channels * taps * FIELDS];
    int[] positions = new int[channels * taps];
    for (int term = 0; term < positions.length; term++) {
      int channel = term / taps;
      int tap = term % taps;
      enter(table, term, channel, in, footprint.at().get(tap));
      positions[term] = channel * channelStep + footprint.numbers().get(tap);
    }
    return new Terms(table, positions, positions.length, 0);
  }

  private static void enter(int[] table, int entry, int channel, Spatial in, Spatial at) {
    table[FIELDS * entry] = ((channel * in.z() + at.z()) * in.y() + at.y()) * in.x() + at.x();
    table[FIELDS * entry + 1] = at.z();
    table[FIELDS * entry + 2] = at.y();
    table[FIELDS * entry + 3] = at.x();
  }
}

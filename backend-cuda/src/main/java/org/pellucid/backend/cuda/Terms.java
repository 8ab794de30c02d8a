package org.pellucid.backend.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * The terms of a convolution's sums: for each input channel of a group, the elements of the kernel
 * that a phase of the output meets.
 *
 * @param table {@code Term} of conv.cuh per term: which element of the input, and where
 * @param positions per term, where its weights begin in those of a row
 */
record Terms(int[] table, int[] positions) {
  private static final int FIELDS = 4;

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

  /**
   * The terms of a group.
   *
   * @param channels of the group's input
   * @param in the input's lengths
   * @param channelStep from one channel to the next in the weights
   */
  static Terms of(int channels, Spatial in, int channelStep, Footprint footprint) {
    int count = channels * footprint.numbers().size();
    int[] table = new int[count * FIELDS];
    int[] positions = new int[count];
    int next = 0;
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < footprint.numbers().size(); i++) {
        Spatial at = footprint.at().get(i);
        table[FIELDS * next] = ((c * in.z() + at.z()) * in.y() + at.y()) * in.x() + at.x();
        table[FIELDS * next + 1] = at.z();
        table[FIELDS * next + 2] = at.y();
        table[FIELDS * next + 3] = at.x();
        positions[next++] = c * channelStep + footprint.numbers().get(i);
      }
    }
    return new Terms(table, positions);
  }
}

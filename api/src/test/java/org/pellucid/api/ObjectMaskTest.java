package org.pellucid.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pixels by hand, in an input of 4 rows and 5 columns. */
class ObjectMaskTest {
  private static ObjectMask mask(int... pixels) {
    BitSet set = new BitSet();
    for (int pixel : pixels) {
      set.set(pixel);
    }
    return ObjectMask.of(4, 5, set);
  }

  @Test
  void boxesAreAroundOutlines() {
    // Row 1, columns 1 and 3; row 2, column 2.
    ObjectMask mask = mask(6, 8, 12);
    assertThat(mask.outlined()).isTrue();
    ObjectMask box = mask.box();
    assertThat(box).isEqualTo(ObjectMask.box(4, 5, 1, 1, 2, 3));
    assertThat(box.outlined()).isFalse();
    assertThat(box.size()).isEqualTo(6);
    assertThat(box.contains(2, 3)).isTrue();
    assertThat(box.contains(2, 4)).isFalse();
    assertThat(box.box()).isSameAs(box);
  }

  @Test
  void unionsCountWhatIsSharedOnce() {
    ObjectMask both = ObjectMask.union(List.of(mask(0, 1), mask(1, 2)));
    assertThat(both).isEqualTo(mask(0, 1, 2));
    assertThat(ObjectMask.union(List.of(mask(0), ObjectMask.box(4, 5, 0, 0, 1, 1))).outlined())
        .isFalse();
    assertThatThrownBy(() -> ObjectMask.union(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatLiesOutsideIsRefused() {
    assertThatThrownBy(() -> mask(20)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ObjectMask.box(4, 5, 3, 0, 2, 1)).hasMessageContaining("reaches out");
    assertThatThrownBy(() -> ObjectMask.box(4, 5, 0, 0, 0, 1)).hasMessageContaining("reaches out");
    assertThatThrownBy(() -> ObjectMask.box(4, 5, 0, 4, 1, Integer.MAX_VALUE))
        .hasMessageContaining("reaches out");
  }
}

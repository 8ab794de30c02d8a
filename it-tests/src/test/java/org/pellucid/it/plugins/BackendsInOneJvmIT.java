package org.pellucid.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.pellucid.it.plugins.Distribution.Outcome;

/** The backends of the packaged distribution in one JVM: whichever starts first, all are right. */
class BackendsInOneJvmIT {
  @Test
  void every_order_gives_right_numbers() throws Exception {
    List<String> first = order(0, false);
    assertThat(first).contains("djl", "onnxruntime", "reference");
    Set<List<String>> orders = new java.util.HashSet<>();
    orders.add(first);
    orders.add(order(0, true));
    for (int rotation = 1; rotation < first.size(); rotation++) {
      orders.add(order(rotation, false));
      orders.add(order(rotation, true));
    }
    // Of each two, both that the one comes first and that the other does; and each one first.
    assertThat(orders).hasSize(2 * first.size());
    assertThat(orders).allMatch(order -> new TreeSet<>(order).equals(new TreeSet<>(first)));
  }

  /** The backends that were used in the first round, in order; the second is the same. */
  private static List<String> order(int rotation, boolean reversed)
      throws IOException, InterruptedException {
    Outcome outcome =
        Distribution.java(
                Distribution.packagedClassPath(),
                BackendsInOrder.class,
                Distribution.PLUGINS,
                rotation,
                reversed)
            .orFail();
    List<String> used = new ArrayList<>(outcome.out().lines().map(l -> l.split(" ")[0]).toList());
    List<String> round = used.subList(0, used.size() / 2);
    assertThat(used.subList(used.size() / 2, used.size())).isEqualTo(round);
    return List.copyOf(round);
  }
}

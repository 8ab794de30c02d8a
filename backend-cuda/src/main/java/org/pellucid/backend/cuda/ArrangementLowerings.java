package org.pellucid.backend.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Expand;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.Pad;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.ScatterAdd;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Tile;
import org.pellucid.graph.op.Transpose;

/** Elements put elsewhere: what moves them is one kernel with tables. */
final class ArrangementLowerings {
  private ArrangementLowerings() {}

  static void addTo(Lowerings table) {
    table.add(Reshape.class, (op, site) -> site.alias(0));
    table.add(
        Transpose.class,
        (op, site) -> {
          int[] strides = site.shape(0).strides();
          int[] steps = op.permutation().stream().mapToInt(axis -> strides[axis]).toArray();
          arrange(site, Arrangement.of(site.output(), steps, (axis, i) -> i), 0);
        });
    table.add(
        Slice.class,
        (op, site) ->
            arrange(
                site,
                Arrangement.of(
                    site.output(),
                    site.shape(0).strides(),
                    (axis, i) -> op.starts().get(axis) + i * op.steps().get(axis)),
                0));
    table.add(
        Tile.class,
        (op, site) ->
            arrange(
                site,
                Arrangement.of(
                    site.output(),
                    site.shape(0).strides(),
                    (axis, i) -> i % site.shape(0).dim(axis)),
                0));
    table.add(Expand.class, (op, site) -> site.chain(0, chain -> chain));
    table.add(
        Pad.class,
        (op, site) ->
            arrange(
                site,
                Arrangement.of(
                    site.output(),
                    site.shape(0).strides(),
                    (axis, i) -> padded(op, i - op.before().get(axis), site.shape(0).dim(axis))),
                op.value()));
    table.add(Concat.class, ArrangementLowerings::concat);
    table.add(Gather.class, ArrangementLowerings::gather);
    table.add(ScatterAdd.class, ArrangementLowerings::scatter);
  }

  private static int padded(Pad op, int index, int length) {
    if (index >= 0 && index < length) {
      return index;
    }
    return switch (op.mode()) {
      case CONSTANT -> Arrangement.OUTSIDE;
      case EDGE -> index < 0 ? 0 : length - 1;
      case REFLECT -> index < 0 ? -index : 2 * (length - 1) - index;
    };
  }

  private static void arrange(Site site, Arrangement arrangement, double otherwise) {
    Place table = site.table(arrangement.entries());
    site.add(launch(site, arrangement, table, otherwise));
  }

  private static Launch launch(Site site, Arrangement arrangement, Place table, double otherwise) {
    return Launch.over(
        site.output().size(),
        "arrange",
        arrangement.structure(site.structure()),
        table,
        site.numbers().real(otherwise),
        site.input(0).place(),
        site.result());
  }

  private static void concat(Concat op, Site site) {
    Shape shape = site.output();
    int pitch = Math.toIntExact(shape.sizeOf(op.axis(), shape.rank()));
    Place result = site.result();
    int first = 0;
    for (int index = 0; site.has(index); index++) {
      Shape part = site.shape(index);
      int length = Math.toIntExact(part.sizeOf(op.axis(), part.rank()));
      site.add(
          Launch.over(
              part.size(),
              "copy_rows",
              site.input(index).place(),
              result,
              Math.toIntExact(part.size()),
              length,
              pitch,
              first));
      first += length;
    }
  }

  private static void gather(Gather op, Site site) {
    Shape data = site.shape(0);
    int count = Math.toIntExact(site.shape(1).size());
    Arrangement arrangement = gathered(op, data, new int[count]);
    // Tables of the other axes, and between them the one of the indices, which may not be known
    // yet.
    if (site.constant(1).isPresent()) {
      int[] indices = indices(site.constant(1).get(), data.dim(op.axis()));
      arrange(site, gathered(op, data, indices), 0);
      return;
    }
    Place table = site.integers(arrangement.entries().length);
    site.add(
        new Table(
            site.name(1),
            table,
            found -> gathered(op, data, indices(found, data.dim(op.axis()))).entries()),
        launch(site, arrangement, table, 0));
  }

  private static Arrangement gathered(Gather op, Shape data, int[] indices) {
    return Arrangement.of(
        data.with(op.axis(), indices.length),
        data.strides(),
        (axis, i) -> axis == op.axis() ? indices[i] : i);
  }

  /** Indices counted from the start. */
  private static int[] indices(Tensor tensor, int length) {
    return Arrays.stream(tensor.toLongArray())
        .mapToInt(
            index -> {
              if (index < -length || index >= length) {
                throw new IllegalArgumentException(
                    "An index from "
                        + -length
                        + " to "
                        + (length - 1)
                        + " is needed, found "
                        + index);
              }
              return (int) (index < 0 ? index + length : index);
            })
        .toArray();
  }

  private static void scatter(ScatterAdd op, Site site) {
    int count = Math.toIntExact(site.shape(1).size());
    int length = op.length();
    Place table;
    if (site.constant(1).isPresent()) {
      table = site.table(places(indices(site.constant(1).get(), length), length));
    } else {
      table = site.integers(length + 1L + count);
      site.add(new Table(site.name(1), table, found -> places(indices(found, length), length)));
    }
    Shape shape = site.output();
    site.add(
        Launch.over(
            shape.size(),
            "scatter_add",
            site.input(0).place(),
            table,
            site.result(),
            Math.toIntExact(shape.size()),
            length,
            Math.toIntExact(shape.sizeOf(op.axis() + 1, shape.rank())),
            count));
  }

  /** For each place the first of its slices in the list after it, and the list. */
  private static int[] places(int[] indices, int length) {
    List<List<Integer>> slices = new ArrayList<>();
    for (int place = 0; place < length; place++) {
      slices.add(new ArrayList<>());
    }
    for (int i = 0; i < indices.length; i++) {
      slices.get(indices[i]).add(i);
    }
    int[] table = new int[length + 1 + indices.length];
    int next = length + 1;
    for (int place = 0; place < length; place++) {
      table[place] = next;
      for (int slice : slices.get(place)) {
        table[next++] = slice;
      }
    }
    table[length] = next;
    return table;
  }

  /** A table that depends on indices which are known only when the plan runs. */
  private record Table(
      String indices, Place target, java.util.function.Function<Tensor, int[]> entries)
      implements Step {
    @Override
    public List<Place> places() {
      return List.of(target);
    }

    @Override
    public void run(Run run) {
      run.buffer(target).write(entries.apply(run.inJava(indices)));
    }
  }
}

package org.pellucid.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.ArrayAlgebra.Row;
import org.pellucid.graph.Rows;

/**
 * Values that an operation makes of other fields, and those of others again: computed together, a
 * few feature maps at a time, so that only what is asked for is ever written out.
 */
final class ComputedElements implements FieldElements {
  /** Elements that are computed at a time: those of a dozen operations fit into a core's cache. */
  private static final int BLOCK = 2048;

  /** Operations on operations, at most, before one is written out. */
  private static final int DEEPEST = 32;

  private final Row row;
  private final int maps;
  private final int cells;
  private final Field[] operands;
  private final int depth;

  /**
   * What an operation makes.
   *
   * @param maps the number of feature maps
   * @param cells the number of cells
   * @param operands of which each has as many of either, or 1
   */
  ComputedElements(Row row, int maps, int cells, Field... operands) {
    this.row = row;
    this.maps = maps;
    this.cells = cells;
    this.operands = operands;
    int deepest = 0;
    for (Field operand : operands) {
      if (operand.elements() instanceof ComputedElements computed) {
        deepest = Math.max(deepest, computed.depth);
      }
    }
    this.depth = deepest + 1;
  }

  /** Whether it is made of so many others that it had better be written out. */
  boolean isDeep() {
    return depth >= DEEPEST;
  }

  /** Whole maps are loaded. */
  @Override
  public void load(int start, int count, double[] to) {
    new Evaluation(this)
        .run(
            start / cells,
            count / cells,
            (first, some, values) ->
                System.arraycopy(values, 0, to, first * cells - start, some * cells));
  }

  @Override
  public double[] sums() {
    double[] sums = new double[maps];
    new Evaluation(this)
        .run(
            0,
            maps,
            (first, some, values) ->
                System.arraycopy(Rows.of(values, 0, some, cells).sums(), 0, sums, first, some));
    return sums;
  }

  @Override
  public double[] sumOfMaps(double[] weights) {
    double[] all = new double[maps * cells];
    load(0, all.length, all);
    return Rows.of(all, maps).weighedSum(weights);
  }

  /** Takes the values of some feature maps, which stand at the front of an array. */
  private interface Taker {
    void take(int first, int some, double[] values);
  }

  /** Elements that an operation reads or makes, of the maps that are being computed. */
  private abstract static class Source {
    double[] array;
    int start;

    /** Makes the elements ready. */
    abstract void prepare(int first, int some);
  }

  /** The operations, in an order in which each comes after what it reads. */
  private static final class Evaluation {
    private final int cells;
    private final int together;
    private final List<Source> sources = new ArrayList<>();
    private final Map<Field, Source> known = new IdentityHashMap<>();
    private final Source result;

    Evaluation(ComputedElements elements) {
      this.cells = elements.cells;
      this.together = Math.min(elements.maps, Math.max(1, BLOCK / cells));
      this.result = computed(elements);
    }

    void run(int from, int count, Taker taker) {
      for (int first = from; first < from + count; first += together) {
        int some = Math.min(together, from + count - first);
        for (Source source : sources) {
          source.prepare(first, some);
        }
        taker.take(first, some, result.array);
      }
    }

    private double[] buffer() {
      return new double[together * cells];
    }

    private Source of(Field field) {
      Source source = known.get(field);
      if (source == null) {
        FieldElements elements = field.elements();
        Optional<double[]> perMap = field.perMap();
        if (field.maps() == 1) {
          source = repeated(field);
        } else if (perMap.isPresent()) {
          source = repeated(perMap.get());
        } else if (elements instanceof ComputedElements computed) {
          source = computed(computed);
        } else if (elements instanceof Doubles written) {
          source = written(written.values());
        } else {
          source = loaded(field);
        }
        known.put(field, source);
      }
      return source;
    }

    private Source added(Source source) {
      sources.add(source);
      return source;
    }

    private Source written(double[] values) {
      return added(
          new Source() {
            @Override
            void prepare(int first, int some) {
              array = values;
              start = first * cells;
            }
          });
    }

    private Source loaded(Field field) {
      double[] buffer = buffer();
      return added(
          new Source() {
            @Override
            void prepare(int first, int some) {
              array = buffer;
              field.load(first * cells, some * cells, buffer);
            }
          });
    }

    /** Numbers of which there is one for each map. */
    private Source repeated(double[] perMap) {
      double[] buffer = buffer();
      return added(
          new Source() {
            @Override
            void prepare(int first, int some) {
              array = buffer;
              for (int map = 0; map < some; map++) {
                Arrays.fill(buffer, map * cells, (map + 1) * cells, perMap[first + map]);
              }
            }
          });
    }

    /** Numbers that are the same for all maps. */
    private Source repeated(Field field) {
      double[] values = field.values();
      double[] buffer = buffer();
      for (int map = 0; map < together; map++) {
        for (int cell = 0; cell < cells; cell++) {
          buffer[map * cells + cell] = values[field.cells() == 1 ? 0 : cell];
        }
      }
      return added(
          new Source() {
            @Override
            void prepare(int first, int some) {
              array = buffer;
            }
          });
    }

    private Source computed(ComputedElements elements) {
      Source[] from = new Source[elements.operands.length];
      for (int k = 0; k < from.length; k++) {
        from[k] = of(elements.operands[k]);
      }
      double[][] arrays = new double[from.length][];
      int[] starts = new int[from.length];
      double[] buffer = buffer();
      return added(
          new Source() {
            @Override
            void prepare(int first, int some) {
              array = buffer;
              for (int k = 0; k < from.length; k++) {
                arrays[k] = from[k].array;
                starts[k] = from[k].start;
              }
              elements.row.compute(arrays, starts, buffer, 0, some * cells);
            }
          });
    }
  }
}

package org.pellucid.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.pellucid.api.FeatureMaps;
import org.pellucid.api.PowerSums;
import org.pellucid.api.engine.NoisyWork;
import org.pellucid.api.engine.Value;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;

/** Sums of the powers of gradients on the card, which nothing is allocated for while they grow. */
final class CudaPowerSums implements NoisyWork.Sums {
  /** Parts that a sample is looked through in, PARTS in powers.cu. */
  private static final int PARTS = 32;

  /** Samples that are added at once. */
  private static final int MOST = 64;

  private static final int WARP = 32;

  /** Averages that are made at once, MOST_PARTS in averages.cu. */
  private static final int MOST_PARTS = 16;

  private final CudaEngine engine;
  private final Supplier<CudaEngine> formulas;
  private final int size;
  private final int groups;
  private final DeviceBuffer memory;
  private final DeviceBuffer sums;
  private final DeviceBuffer scale;
  private final DeviceBuffer factors;
  private final DeviceBuffer parts;
  private final DeviceBuffer places;
  private FeatureMaps placed;
  private int samples;

  /**
   * Sums of nothing.
   *
   * @param formulas the engine of averages
   * @param size elements of a sample
   */
  CudaPowerSums(CudaEngine engine, Supplier<CudaEngine> formulas, int size, int groups) {
    this.engine = engine;
    this.formulas = formulas;
    this.size = size;
    this.groups = groups;
    long[] bytes = {
      (groups + 1L) * 3 * size * Double.BYTES,
      3 * Double.BYTES,
      2L * MOST * Double.BYTES,
      (long) PARTS * MOST * Double.BYTES,
      (long) size * Integer.BYTES
    };
    long[] offsets = new long[bytes.length + 1];
    for (int i = 0; i < bytes.length; i++) {
      offsets[i + 1] = CudaEngine.aligned(offsets[i] + bytes[i]);
    }
    try (CudaContext.Use use = engine.context().use()) {
      memory = engine.take(offsets[bytes.length]);
      sums = memory.slice(offsets[0], bytes[0]);
      scale = memory.slice(offsets[1], bytes[1]);
      factors = memory.slice(offsets[2], bytes[2]);
      parts = memory.slice(offsets[3], bytes[3]);
      places = memory.slice(offsets[4], bytes[4]);
      try {
        sums.clear();
        // Nothing seen yet, in units of 1.
        scale.write(new double[] {0, 1, 1});
      } catch (RuntimeException | Error e) {
        engine.release(memory);
        throw e;
      }
    }
  }

  @Override
  public void add(Value gradients, FeatureMaps layout, List<PowerSums.Factor> given) {
    try (CudaContext.Use use = engine.context().use()) {
      DeviceBuffer all = ((CudaValue) gradients).buffer();
      Place where = place(layout);
      for (int from = 0; from < given.size(); from += MOST) {
        List<PowerSums.Factor> some = given.subList(from, Math.min(from + MOST, given.size()));
        long offset = (long) from * layout.sampleStride() * engine.numbers().width();
        add(all.slice(offset, all.bytes() - offset), layout.sampleStride(), where, some);
      }
    }
  }

  private Place place(FeatureMaps layout) {
    Optional<int[]> order = layout.places();
    if (order.isEmpty()) {
      return Place.NOWHERE;
    }
    if (layout != placed) {
      places.write(order.get());
      placed = layout;
    }
    return new Place.Fixed(places);
  }

  private void add(DeviceBuffer gradients, int stride, Place where, List<PowerSums.Factor> given) {
    int count = given.size();
    double[] pairs = new double[2 * count];
    for (int i = 0; i < count; i++) {
      pairs[2 * i] = given.get(i).weight();
      pairs[2 * i + 1] = given.get(i).before();
    }
    factors.write(pairs);
    Structure batch =
        new Structure(true).ints(size, count, stride, groups, groups == 0 ? 0 : samples % groups);
    Place from = new Place.Fixed(gradients);
    Place unit = new Place.Fixed(scale);
    Place largest = new Place.Fixed(parts);
    engine.run(
        Launch.of(
            "largest_gradients",
            Dim3.of(PARTS, count),
            Dim3.of(Launch.THREADS),
            batch,
            from,
            where,
            largest));
    engine.run(Launch.of("raise_scale", Dim3.of(1), Dim3.of(WARP), batch, largest, unit));
    engine.run(
        Launch.over(
            (groups + 1L) * size,
            "add_powers",
            batch,
            from,
            where,
            new Place.Fixed(factors),
            unit,
            new Place.Fixed(sums)));
    samples += count;
  }

  @Override
  public PowerSums.Sums read() {
    try (CudaContext.Use use = engine.context().use()) {
      double[] unit = new double[3];
      scale.read(unit);
      double[][] of = new double[groups + 1][3 * size];
      long bytes = 3L * size * Double.BYTES;
      for (int i = 0; i <= groups; i++) {
        sums.slice(i * bytes, bytes).read(of[i]);
      }
      double[][] ofGroups = new double[groups][];
      System.arraycopy(of, 1, ofGroups, 0, groups);
      return new PowerSums.Sums(unit[1], of[0], ofGroups);
    }
  }

  @Override
  public NoisyWork.Averages averages(Shape maps, List<PowerSums.Part> parts) {
    CudaEngine wide = formulas.get();
    int count = parts.size();
    Shape shape = Shape.of(count, maps.dim(0), maps.dim(1));
    List<CudaValue> made = new ArrayList<>();
    try (CudaContext.Use use = engine.context().use()) {
      for (int power = 0; power < 3; power++) {
        made.add(value(wide, shape));
      }
      made.add(value(wide, Shape.of(1, 1, 1)));
      wide.run(
          Launch.over(
              (long) count * size,
              "averages",
              size,
              groups,
              count,
              structure(parts),
              new Place.Fixed(sums),
              new Place.Fixed(scale),
              new Place.Fixed(made.get(0).buffer()),
              new Place.Fixed(made.get(1).buffer()),
              new Place.Fixed(made.get(2).buffer()),
              new Place.Fixed(made.get(3).buffer())));
      return new NoisyWork.Averages(made.get(0), made.get(1), made.get(2), made.get(3));
    } catch (RuntimeException | Error e) {
      made.forEach(CudaValue::close);
      throw e;
    }
  }

  @Override
  public Value maps(Value activations, FeatureMaps layout) {
    CudaEngine wide = formulas.get();
    Shape shape = layout.shape();
    int cells = size / shape.dim(0);
    try (CudaContext.Use use = engine.context().use()) {
      Place where = place(layout);
      CudaValue maps = value(wide, Shape.of(1, shape.dim(0), cells));
      try {
        engine.run(
            Launch.over(
                size,
                "feature_maps",
                size,
                new Place.Fixed(((CudaValue) activations).buffer()),
                where,
                new Place.Fixed(maps.buffer())));
        return maps;
      } catch (RuntimeException | Error e) {
        maps.close();
        throw e;
      }
    }
  }

  private static CudaValue value(CudaEngine wide, Shape shape) {
    return CudaValue.of(wide, new TensorType(ElementType.FLOAT64, shape), wide.allocate(shape));
  }

  private Structure structure(List<PowerSums.Part> parts) {
    int[] without = new int[MOST_PARTS];
    double[] weights = new double[MOST_PARTS];
    for (int i = 0; i < parts.size(); i++) {
      without[i] = parts.get(i).without();
      weights[i] = parts.get(i).weight();
    }
    return new Structure(true).reals(weights).ints(without);
  }

  /** The memory goes back, and may be given out again. */
  @Override
  public boolean rest() {
    engine.rest(memory, this);
    return true;
  }

  @Override
  public boolean reopen() {
    return engine.wake(memory, this);
  }

  @Override
  public void close() {
    engine.release(memory);
  }
}

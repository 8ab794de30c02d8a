package org.pellucid.backend.cuda;

import java.util.Optional;
import org.pellucid.api.NoisyInputs;
import org.pellucid.api.engine.Engine;
import org.pellucid.api.engine.NoisyWork;
import org.pellucid.api.engine.Value;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;

/** Noisy copies made on the card, and sums of powers of gradients kept there. */
final class CudaNoisyWork implements NoisyWork {
  /** Numbers that a thread makes at a time: those of a block of the generator. */
  private static final int TOGETHER = 4;

  private final CudaEngine engine;
  private Source latest;
  private CudaEngine formulas;

  /** What copies are made of, on the card. */
  private record Source(NoisyInputs copies, DeviceBuffer clean, Optional<DeviceBuffer> places) {
    static Source of(CudaEngine engine, NoisyInputs copies) {
      DeviceBuffer clean = engine.enter(copies.clean());
      try {
        return new Source(copies, clean, copies.places().map(engine::enter));
      } catch (RuntimeException | Error e) {
        clean.close();
        throw e;
      }
    }

    void close() {
      clean.close();
      places.ifPresent(DeviceBuffer::close);
    }
  }

  CudaNoisyWork(CudaEngine engine) {
    this.engine = engine;
  }

  @Override
  public Value copies(NoisyInputs copies, int from, int count) {
    Shape one = copies.shape();
    Shape shape = one.with(0, one.dim(0) * count);
    int size = copies.clean().length;
    try (CudaContext.Use use = engine.context().use()) {
      Source source = source(copies);
      DeviceBuffer target = engine.allocate(shape);
      try {
        Structure noise =
            new Structure(true)
                .ints(
                    size,
                    copies.first() + from,
                    count,
                    (int) copies.seed(),
                    (int) (copies.seed() >>> 32))
                .reals(copies.sigma());
        engine.run(
            Launch.over(
                (long) (size + TOGETHER - 1) / TOGETHER * count,
                "noisy_copies",
                noise,
                new Place.Fixed(source.clean()),
                source.places().<Place>map(Place.Fixed::new).orElse(Place.NOWHERE),
                new Place.Fixed(target)));
        return CudaValue.of(engine, new TensorType(engine.numbers().floats(), shape), target);
      } catch (RuntimeException | Error e) {
        engine.release(target);
        throw e;
      }
    }
  }

  /** The questions that follow one another are mostly of the same copies, or some of them. */
  private Source source(NoisyInputs copies) {
    if (latest == null || latest.copies().clean() != copies.clean()) {
      if (latest != null) {
        Source before = latest;
        latest = null;
        before.close();
      }
      latest = Source.of(engine, copies);
    }
    return latest;
  }

  @Override
  public Value copy(Value value) {
    return ((CudaValue) value).copy();
  }

  @Override
  public Sums sums(int size, int groups) {
    return new CudaPowerSums(engine, this::formulaEngine, size, groups);
  }

  @Override
  public Optional<Engine> formulas() {
    return Optional.of(formulaEngine());
  }

  private synchronized CudaEngine formulaEngine() {
    if (formulas == null) {
      formulas = engine.forFormulas();
    }
    return formulas;
  }
}

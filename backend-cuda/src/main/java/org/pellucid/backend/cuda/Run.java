package org.pellucid.backend.cuda;

import java.util.HashMap;
import java.util.Map;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** One run of a plan, with the memory that it has been given. */
final class Run {
  private final CudaEngine engine;
  private final Map<String, CudaValue> inputs;
  private final Map<String, DeviceBuffer> results;
  private final Map<Place.Slot, DeviceBuffer> slots;
  private final Map<String, Tensor> inJava = new HashMap<>();

  /**
   * A run.
   *
   * @param inputs what it is run with
   * @param results where its answers on the card go
   * @param slots where its slots lie
   */
  Run(
      CudaEngine engine,
      Map<String, CudaValue> inputs,
      Map<String, DeviceBuffer> results,
      Map<Place.Slot, DeviceBuffer> slots) {
    this.engine = engine;
    this.inputs = inputs;
    this.results = results;
    this.slots = slots;
  }

  /** A kernel. */
  Kernel kernel(String name) {
    return engine.kernel(name);
  }

  /** Where a place is in this run; 0 for no place. */
  long address(Place place) {
    return place == Place.NOWHERE ? 0 : buffer(place).address();
  }

  /** The memory of a place in this run. */
  DeviceBuffer buffer(Place place) {
    if (place instanceof Place.Slot slot) {
      return slots.get(slot);
    }
    if (place instanceof Place.Given given) {
      return inputs.get(given.input()).buffer();
    }
    if (place instanceof Place.Result result) {
      return results.get(result.output());
    }
    return ((Place.Fixed) place).buffer();
  }

  /** Copies a tensor to Java memory. */
  Tensor download(Place place, ElementType type, Shape shape) {
    return engine.numbers().download(buffer(place), type, shape);
  }

  /** Copies a tensor to the card. */
  void upload(Tensor tensor, Place place) {
    engine.numbers().upload(tensor, buffer(place));
  }

  /** A tensor of the graph that is in Java memory. */
  Tensor inJava(String name) {
    CudaValue given = inputs.get(name);
    return given == null ? inJava.get(name) : given.tensor();
  }

  /** Keeps a tensor of the graph in Java memory. */
  void keep(String name, Tensor tensor) {
    inJava.put(name, tensor);
  }
}

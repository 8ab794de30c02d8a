package org.pellucid.backend.dl4j;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An operation of ND4J with its native context. A context lives until the garbage collector finds
 * it, so that they are used again: by the same operation, which sets the same attributes.
 */
final class Prepared {
  private static final Map<String, Queue<Prepared>> IDLE = new ConcurrentHashMap<>();

  private final DynamicCustomOp operation;
  private final OpContext context = Nd4j.getExecutioner().buildContext();

  private Prepared(String name) {
    this.operation = DynamicCustomOp.builder(name).build();
  }

  /**
   * Runs an operation.
   *
   * @param name which one; each is always given as many attributes
   * @param helpers whether oneDNN may do it
   */
  static void run(
      String name,
      INDArray result,
      long[] integers,
      boolean[] truths,
      boolean helpers,
      INDArray... inputs) {
    Queue<Prepared> idle = IDLE.computeIfAbsent(name, key -> new ConcurrentLinkedQueue<>());
    Prepared free = idle.poll();
    Prepared prepared = free == null ? new Prepared(name) : free;
    OpContext context = prepared.context;
    context.allowHelpers(helpers);
    context.setInputArrays(inputs);
    context.setOutputArrays(result);
    context.setIArguments(integers);
    context.setBArguments(truths);
    Nd4j.getExecutioner().exec(prepared.operation, context);
    // One that failed is not used again.
    context.purge();
    idle.add(prepared);
  }
}

package org.pellucid.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A kernel with all that it is launched with.
 *
 * @param kernel its name
 * @param grid blocks
 * @param block threads of a block
 * @param sharedBytes shared memory of a block beside what the kernel has
 * @param arguments one per parameter of the kernel: a {@link Structure}, a {@link Place} for a
 *     pointer, an {@code Integer}, or a {@code Float} or {@code Double} for a real
 */
record Launch(String kernel, Dim3 grid, Dim3 block, int sharedBytes, List<Object> arguments)
    implements Step {
  /** Threads of a block where nothing asks for another number. */
  static final int THREADS = 256;

  /** Enough blocks to keep any card busy; a thread does several elements of larger tensors. */
  private static final int MOST_BLOCKS = 4096;

  Launch {
    arguments = List.copyOf(arguments);
  }

  /** A kernel that has all the shared memory that it needs. */
  static Launch of(String kernel, Dim3 grid, Dim3 block, Object... arguments) {
    return new Launch(kernel, grid, block, 0, List.of(arguments));
  }

  /** A kernel that does so many elements, in a loop that fits any grid. */
  static Launch over(long elements, String kernel, Object... arguments) {
    long blocks = Math.min(MOST_BLOCKS, (elements + THREADS - 1) / THREADS);
    int threads = (int) Math.min(THREADS, (Math.max(1, elements) + 31) / 32 * 32);
    return of(kernel, Dim3.of((int) Math.max(1, blocks)), Dim3.of(threads), arguments);
  }

  @Override
  public List<Place> places() {
    List<Place> places = new ArrayList<>();
    for (Object argument : arguments) {
      if (argument instanceof Place place) {
        places.add(place);
      } else if (argument instanceof Structure structure) {
        places.addAll(structure.places());
      }
    }
    return places;
  }

  @Override
  public boolean isRecordable() {
    return true;
  }

  @Override
  public void run(Run run) {
    run.kernel(kernel).launch(grid, block, sharedBytes, resolved(run::address));
  }

  private Object[] resolved(ToLongFunction<Place> addressOf) {
    Object[] values = new Object[arguments.size()];
    for (int i = 0; i < values.length; i++) {
      Object argument = arguments.get(i);
      if (argument instanceof Place place) {
        values[i] = addressOf.applyAsLong(place);
      } else if (argument instanceof Structure structure) {
        values[i] = structure.filled(addressOf);
      } else {
        values[i] = argument;
      }
    }
    return values;
  }
}

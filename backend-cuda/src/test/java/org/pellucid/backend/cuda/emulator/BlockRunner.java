package org.pellucid.backend.cuda.emulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pellucid.backend.cuda.CudaResult;
import org.pellucid.backend.cuda.Dim3;

/**
 * Runs the threads of a block together. Where they part, each part goes on by itself, the one whose
 * place in the kernel is the lowest first, until they meet again.
 */
final class BlockRunner {
  /** What an instruction does to the flow of control. */
  private enum Flow {
    PLAIN,
    BRANCH,
    TABLE,
    EXIT,
    BARRIER,
    TRAP
  }

  /** Threads that are at the same place. */
  private record Fragment(int place, Lanes lanes, long barrier) {
    Fragment(int place, Lanes lanes) {
      this(place, lanes, 0);
    }
  }

  private final Block block;
  private final List<Instruction> instructions;
  private final Step[] steps;
  private final Flow[] flows;
  private final boolean[][] guards;
  private final boolean[] wanted;
  private final int[] targets;
  private final int[][] tables;
  private final int[][] tableIndex;
  private final Lanes[] guarded;
  private final Barrier[] barriers;
  private final Lanes all;
  private final long mostSteps;
  private final List<Fragment> ready = new ArrayList<>();
  private final List<Fragment> waiting = new ArrayList<>();
  private int alive;
  private int current;

  /**
   * Translates a kernel.
   *
   * @param mostSteps instructions after which a block is taken to run for ever
   * @throws Trap naming an instruction that is not known
   */
  BlockRunner(Block block, long mostSteps) {
    this.block = block;
    this.mostSteps = mostSteps;
    this.instructions = block.kernel().instructions();
    int count = instructions.size();
    this.steps = new Step[count];
    this.flows = new Flow[count];
    this.guards = new boolean[count][];
    this.wanted = new boolean[count];
    this.targets = new int[count];
    this.tables = new int[count][];
    this.tableIndex = new int[count][];
    this.guarded = new Lanes[count];
    this.barriers = new Barrier[count];
    this.all = Lanes.all(block.threads());
    for (int i = 0; i < count; i++) {
      translate(i, instructions.get(i));
    }
  }

  private void translate(int i, Instruction instruction) {
    if (instruction.guard() != null) {
      Operand.Register guard = instruction.guard();
      guards[i] = (boolean[]) block.registers().array(guard);
      wanted[i] = !guard.negated();
      guarded[i] = new Lanes();
    }
    switch (instruction.base()) {
      case "bra" -> {
        flows[i] = Flow.BRANCH;
        targets[i] = label(instruction, instruction.operand(0));
      }
      case "brx" -> {
        flows[i] = Flow.TABLE;
        Operands operands = new Operands(instruction, block);
        tableIndex[i] = operands.ints(0);
        tables[i] = table(instruction);
      }
      case "ret", "exit" -> flows[i] = Flow.EXIT;
      case "trap" -> flows[i] = Flow.TRAP;
      case "bar", "barrier" -> {
        if (instruction.has("warp")) {
          flows[i] = Flow.PLAIN;
          steps[i] = lanes -> {};
        } else {
          flows[i] = Flow.BARRIER;
          barriers[i] = Barrier.translate(new Operands(instruction, block));
        }
      }
      default -> {
        flows[i] = Flow.PLAIN;
        steps[i] = InstructionSet.translate(instruction, block);
      }
    }
  }

  private int label(Instruction instruction, Operand operand) {
    if (operand instanceof Operand.Symbol symbol) {
      Integer place = block.kernel().labels().get(symbol.name());
      if (place != null) {
        return place;
      }
    }
    throw Trap.ptx("line " + instruction.line() + ": no such label: " + instruction.text());
  }

  private int[] table(Instruction instruction) {
    Map<String, List<String>> known = block.kernel().branchTargets();
    if (instruction.operand(1) instanceof Operand.Symbol symbol
        && known.containsKey(symbol.name())) {
      return known.get(symbol.name()).stream()
          .mapToInt(label -> label(instruction, new Operand.Symbol(label)))
          .toArray();
    }
    throw instruction.unknown();
  }

  /**
   * Runs a block.
   *
   * @param arguments the bytes of the parameters
   * @throws Trap telling what its threads did wrong
   */
  void run(byte[] arguments, Dim3 grid, int x, int y, int z) {
    block.begin(arguments, grid, x, y, z);
    ready.clear();
    waiting.clear();
    alive = block.threads();
    ready.add(new Fragment(0, all));
    long[] left = {mostSteps};
    try {
      while (!ready.isEmpty() || !waiting.isEmpty()) {
        if (ready.isEmpty()) {
          releaseAll();
        } else {
          run(lowest(), left);
        }
      }
    } catch (Trap trap) {
      throw located(trap, x, y, z);
    }
  }

  private Trap located(Trap trap, int x, int y, int z) {
    Instruction instruction = instructions.get(Math.min(current, instructions.size() - 1));
    String where = ", block (" + x + ", " + y + ", " + z + ")";
    if (trap.lane() != Trap.NO_LANE) {
      int[] tid = new int[3];
      for (int axis = 0; axis < 3; axis++) {
        String name = "%tid." + "xyz".charAt(axis);
        tid[axis] =
            ((int[]) block.registers().array(new Operand.Register(name, false)))[trap.lane()];
      }
      where += ", thread (" + tid[0] + ", " + tid[1] + ", " + tid[2] + ")";
    }
    return new Trap(
        trap.result(),
        trap.lane(),
        trap.getMessage()
            + " (kernel "
            + block.kernel().name()
            + where
            + ", line "
            + instruction.line()
            + " of its PTX: "
            + instruction.text()
            + ")");
  }

  /** Takes the threads that are the furthest behind, all that are at the same place. */
  private Fragment lowest() {
    int place = Integer.MAX_VALUE;
    for (Fragment fragment : ready) {
      place = Math.min(place, fragment.place());
    }
    Lanes lanes = null;
    for (int i = ready.size() - 1; i >= 0; i--) {
      if (ready.get(i).place() == place) {
        Lanes other = ready.remove(i).lanes();
        lanes = lanes == null ? other : lanes.union(other);
      }
    }
    return new Fragment(place, lanes);
  }

  private void run(Fragment fragment, long[] left) {
    int next = Integer.MAX_VALUE;
    for (Fragment other : ready) {
      next = Math.min(next, other.place());
    }
    Lanes lanes = fragment.lanes();
    int place = fragment.place();
    while (place < next) {
      if (place >= steps.length) {
        alive -= lanes.count();
        return;
      }
      current = place;
      if (--left[0] < 0) {
        throw new Trap(CudaResult.LAUNCH_TIMEOUT, "a block that does not end");
      }
      Lanes active = lanes;
      if (guards[place] != null) {
        active = guarded[place];
        active.select(lanes, guards[place], wanted[place]);
      }
      switch (flows[place]) {
        case PLAIN -> {
          if (!active.isEmpty()) {
            steps[place].run(active);
          }
          place++;
        }
        case BRANCH -> {
          if (active.count() == lanes.count()) {
            place = targets[place];
          } else if (active.isEmpty()) {
            place++;
          } else {
            part(lanes, place, active);
            return;
          }
        }
        case EXIT -> {
          alive -= active.count();
          if (active.count() == lanes.count()) {
            return;
          }
          if (!active.isEmpty()) {
            lanes = others(lanes, place);
          }
          place++;
        }
        case BARRIER -> {
          arrive(lanes, place, active);
          return;
        }
        case TABLE -> {
          follow(lanes, place, active);
          return;
        }
        default -> {
          if (!active.isEmpty()) {
            throw new Trap(CudaResult.LAUNCH_FAILED, active.from(0), "the kernel's own trap");
          }
          place++;
        }
      }
    }
    ready.add(new Fragment(place, lanes));
  }

  /** Those that the guard holds back. */
  private Lanes others(Lanes lanes, int place) {
    Lanes rest = new Lanes();
    rest.select(lanes, guards[place], !wanted[place]);
    return rest;
  }

  private void part(Lanes lanes, int place, Lanes taken) {
    ready.add(new Fragment(targets[place], taken.copy()));
    ready.add(new Fragment(place + 1, others(lanes, place)));
  }

  private void follow(Lanes lanes, int place, Lanes active) {
    if (guards[place] != null && active.count() < lanes.count()) {
      ready.add(new Fragment(place + 1, others(lanes, place)));
    }
    for (int run = 0; run < active.runs(); run++) {
      for (int i = active.from(run); i < active.to(run); i++) {
        int index = tableIndex[place][i];
        if (index < 0 || index >= tables[place].length) {
          throw new Trap(CudaResult.INVALID_PC, i, "a branch to number " + index);
        }
        Lanes one = new Lanes();
        one.add(i, i + 1);
        ready.add(new Fragment(tables[place][index], one));
      }
    }
  }

  private void arrive(Lanes lanes, int place, Lanes active) {
    if (active.count() < lanes.count()) {
      ready.add(new Fragment(place + 1, others(lanes, place)));
      if (active.isEmpty()) {
        return;
      }
    }
    Barrier barrier = barriers[place];
    barrier.prepare(active);
    Fragment arrived = new Fragment(place, active.copy(), barrier.key(active.from(0)));
    waiting.add(arrived);
    long expected = barrier.threads(active.from(0));
    if (expected > 0) {
      long here =
          waiting.stream()
              .filter(fragment -> fragment.barrier() == arrived.barrier())
              .mapToLong(fragment -> fragment.lanes().count())
              .sum();
      if (here >= expected) {
        release(arrived.barrier());
      }
    }
  }

  /** All threads that have not ended wait. */
  private void releaseAll() {
    Fragment first = waiting.get(0);
    int together = 0;
    for (Fragment fragment : waiting) {
      if (fragment.place() == first.place() && fragment.barrier() == first.barrier()) {
        together += fragment.lanes().count();
      }
    }
    long expected = barriers[first.place()].threads(first.lanes().from(0));
    if (together < alive || expected > 0) {
      current = first.place();
      throw new Trap(
          CudaResult.LAUNCH_FAILED,
          first.lanes().from(0),
          "divergent barrier: "
              + together
              + " of "
              + alive
              + " threads wait here and the others elsewhere");
    }
    release(first.barrier());
  }

  private void release(long key) {
    Lanes lanes = null;
    int place = 0;
    for (int i = waiting.size() - 1; i >= 0; i--) {
      Fragment fragment = waiting.get(i);
      if (fragment.barrier() == key) {
        waiting.remove(i);
        place = fragment.place();
        lanes = lanes == null ? fragment.lanes() : lanes.union(fragment.lanes());
      }
    }
    barriers[place].complete(lanes);
    // Only where all of the block meet is everybody's earlier work seen by everybody.
    if (lanes.count() == alive) {
      block.shared().barrier();
    }
    Lanes free = lanes.count() == block.threads() ? all : lanes;
    ready.add(new Fragment(place + 1, free));
  }
}

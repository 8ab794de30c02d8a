package org.pellucid.backend.cuda.emulator;

import java.util.List;
import org.pellucid.backend.cuda.CudaResult;

/** What the threads of a warp tell each other: "PTX ISA", 9.7.9.6 and 9.7.13. */
final class WarpInstructions {
  private WarpInstructions() {}

  static Step translate(Operands o) {
    return switch (o.instruction().base()) {
      case "shfl" -> shuffle(o);
      case "vote" -> vote(o);
      case "match" -> match(o);
      case "redux" -> reduce(o);
      case "activemask" -> activeMask(o);
      default -> null;
    };
  }

  /** Each lane that takes part must be named by its own mask. */
  private static void requireMember(int lane, int members, int first) {
    if ((members >> lane & 1) == 0) {
      throw new Trap(
          CudaResult.LAUNCH_FAILED,
          first + lane,
          "a warp instruction by lane " + lane + ", which its member mask does not name");
    }
  }

  private static Step shuffle(Operands o) {
    List<String> modifiers = o.instruction().modifiers();
    if (!modifiers.get(0).equals("sync")) {
      return null;
    }
    String mode = modifiers.get(1);
    Operand target = o.operand(0);
    boolean[] p = new boolean[o.threads()];
    if (target instanceof Operand.Pair pair) {
      p = o.predicateTarget(pair.second());
      target = pair.first();
    }
    boolean[] valid = p;
    int[] d = o.intTarget(target);
    int[] a = o.ints(1);
    int[] b = o.ints(2);
    int[] c = o.ints(3);
    int[] members = o.ints(4);
    int[] read = new int[Lanes.WARP];
    return (Step.EachWarp)
        (first, mask) -> {
          for (int lane = 0; lane < Lanes.WARP; lane++) {
            if ((mask >> lane & 1) != 0) {
              read[lane] = a[first + lane];
            }
          }
          for (int lane = 0; lane < Lanes.WARP; lane++) {
            if ((mask >> lane & 1) == 0) {
              continue;
            }
            int i = first + lane;
            requireMember(lane, members[i], first);
            int segments = c[i] >> 8 & 31;
            int least = lane & segments;
            int most = least | c[i] & 31 & ~segments;
            int by = b[i] & 31;
            int source =
                switch (mode) {
                  case "up" -> lane - by;
                  case "down" -> lane + by;
                  case "bfly" -> lane ^ by;
                  default -> least | by & ~segments;
                };
            valid[i] = mode.equals("up") ? source >= most : source <= most;
            if (!valid[i]) {
              source = lane;
            }
            if ((mask >> source & 1) == 0) {
              throw new Trap(
                  CudaResult.LAUNCH_FAILED,
                  i,
                  "shfl.sync reads lane " + source + ", which does not take part");
            }
            d[i] = read[source];
          }
        };
  }

  private static Step vote(Operands o) {
    boolean ballot = o.instruction().has("ballot");
    boolean all = o.instruction().has("all");
    boolean any = o.instruction().has("any");
    boolean[] a = o.predicates(1);
    int[] members = o.ints(2);
    int[] d = ballot ? o.intTarget(0) : null;
    boolean[] p = ballot ? null : o.predicateTarget(0);
    return (Step.EachWarp)
        (first, mask) -> {
          int votes = 0;
          for (int lane = 0; lane < Lanes.WARP; lane++) {
            if ((mask >> lane & 1) != 0) {
              requireMember(lane, members[first + lane], first);
              votes |= a[first + lane] ? 1 << lane : 0;
            }
          }
          boolean outcome = all ? votes == mask : any ? votes != 0 : votes == mask || votes == 0;
          for (int lane = 0; lane < Lanes.WARP; lane++) {
            if ((mask >> lane & 1) != 0) {
              if (ballot) {
                d[first + lane] = votes;
              } else {
                p[first + lane] = outcome;
              }
            }
          }
        };
  }

  private static Step match(Operands o) {
    boolean all = o.instruction().has("all");
    Operand target = o.operand(0);
    boolean[] p = new boolean[o.threads()];
    if (target instanceof Operand.Pair pair) {
      p = o.predicateTarget(pair.second());
      target = pair.first();
    }
    boolean[] same = p;
    int[] d = o.intTarget(target);
    long[] a = o.anyBits(o.operand(1));
    int[] members = o.ints(2);
    return (Step.EachWarp)
        (first, mask) -> {
          int[] found = new int[Lanes.WARP];
          for (int lane = 0; lane < Lanes.WARP; lane++) {
            if ((mask >> lane & 1) != 0) {
              requireMember(lane, members[first + lane], first);
              for (int other = 0; other < Lanes.WARP; other++) {
                if ((mask >> other & 1) != 0 && a[first + other] == a[first + lane]) {
                  found[lane] |= 1 << other;
                }
              }
            }
          }
          for (int lane = 0; lane < Lanes.WARP; lane++) {
            if ((mask >> lane & 1) != 0) {
              same[first + lane] = found[lane] == mask;
              d[first + lane] = all && found[lane] != mask ? 0 : found[lane];
            }
          }
        };
  }

  private static Step reduce(Operands o) {
    String name = o.instruction().modifiers().get(1);
    boolean signed = o.instruction().type().equals("s32");
    if (!List.of("add", "min", "max", "and", "or", "xor").contains(name)) {
      return null;
    }
    int flip = signed ? 0 : Integer.MIN_VALUE;
    int[] d = o.intTarget(0);
    int[] a = o.ints(1);
    int[] members = o.ints(2);
    return (Step.EachWarp)
        (first, mask) -> {
          boolean begun = false;
          int result = 0;
          for (int lane = 0; lane < Lanes.WARP; lane++) {
            if ((mask >> lane & 1) != 0) {
              requireMember(lane, members[first + lane], first);
              int x = a[first + lane];
              result = begun ? combined(name, flip, result, x) : x;
              begun = true;
            }
          }
          for (int lane = 0; lane < Lanes.WARP; lane++) {
            if ((mask >> lane & 1) != 0) {
              d[first + lane] = result;
            }
          }
        };
  }

  private static int combined(String name, int flip, int a, int b) {
    return switch (name) {
      case "add" -> a + b;
      case "min" -> Math.min(a ^ flip, b ^ flip) ^ flip;
      case "max" -> Math.max(a ^ flip, b ^ flip) ^ flip;
      case "and" -> a & b;
      case "or" -> a | b;
      default -> a ^ b;
    };
  }

  private static Step activeMask(Operands o) {
    int[] d = o.intTarget(0);
    return (Step.EachWarp)
        (first, mask) -> {
          for (int lane = 0; lane < Lanes.WARP; lane++) {
            if ((mask >> lane & 1) != 0) {
              d[first + lane] = mask;
            }
          }
        };
  }
}

package org.pellucid.backend.cuda;

import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Where;

/** Functions of two tensors element by element, and the choice between them. */
final class BinaryLowerings {
  private BinaryLowerings() {}

  static void addTo(Lowerings table) {
    table.add(Binary.Add.class, (op, site) -> add(site));
    table.add(Binary.Sub.class, (op, site) -> subtract(site));
    table.add(Binary.Mul.class, (op, site) -> multiply(site));
    either(table, Binary.Div.class, Code.DIV, Code.DIV_INTO);
    either(table, Binary.Pow.class, Code.POW, Code.POW_OF);
    either(table, Binary.Min.class, Code.MIN, Code.MIN);
    either(table, Binary.Max.class, Code.MAX, Code.MAX);
    either(table, Binary.PRelu.class, Code.PRELU, Code.PRELU_OF);
    either(table, Binary.LessOrEqual.class, Code.LESS_OR_EQUAL, Code.GREATER_OR_EQUAL);
    either(table, Binary.GreaterOrEqual.class, Code.GREATER_OR_EQUAL, Code.LESS_OR_EQUAL);
    either(table, Binary.And.class, Code.MUL, Code.MUL);
    either(table, Binary.Or.class, Code.OR, Code.OR);
    table.add(
        Binary.Mod.class,
        (op, site) ->
            both(site, op.fmod() ? Code.FMOD : Code.MOD, op.fmod() ? Code.FMOD_OF : Code.MOD_OF));
    // Of 0 and 1, other is different.
    table.add(
        Binary.Xor.class,
        (op, site) -> {
          int start = start(site);
          site.chain(
              start,
              chain -> chain.then(Code.EQUAL, 0, site.input(1 - start)).then(Code.EQUAL_TO, 0, 0));
        });
    table.add(
        Binary.Equal.class, (op, site) -> compare(site, Code.EQUAL, Code.EQUAL, Code.EQUAL_TO));
    table.add(
        Binary.Less.class, (op, site) -> compare(site, Code.LESS, Code.GREATER, Code.LESS_THAN));
    table.add(
        Binary.Greater.class,
        (op, site) -> compare(site, Code.GREATER, Code.LESS, Code.GREATER_THAN));
    table.add(
        Where.class,
        (op, site) ->
            site.chain(0, chain -> chain.then(Code.CHOOSE, 0, site.input(1), site.input(2))));
  }

  private static <O extends Binary> void either(
      Lowerings table, Class<O> type, Code onLeft, Code onRight) {
    table.add(type, (op, site) -> both(site, onLeft, onRight));
  }

  /**
   * An operation on the chain that makes one of the inputs.
   *
   * @param onLeft what is done where that is the left one
   * @param onRight what is done where it is the right one
   */
  private static void both(Site site, Code onLeft, Code onRight) {
    int start = start(site);
    Code code = start == 0 ? onLeft : onRight;
    site.chain(start, chain -> chain.then(code, 0, site.input(1 - start)));
  }

  /** The input to go on from: one that a chain makes, or that is as large as the output. */
  private static int start(Site site) {
    for (int index = 0; index < 2; index++) {
      if (site.shape(index).equals(site.output())
          && site.open(index, ChainDraft.class).isPresent()) {
        return index;
      }
    }
    return site.shape(0).equals(site.output()) ? 0 : 1;
  }

  private static void compare(Site site, Code onLeft, Code onRight, Code withNumber) {
    if (site.number(1).isPresent() && site.shape(0).equals(site.output())) {
      double number = site.number(1).get();
      site.chain(0, chain -> chain.then(withNumber, number, 0));
    } else {
      both(site, onLeft, onRight);
    }
  }

  private static void add(Site site) {
    for (int index = 0; index < 2; index++) {
      int other = 1 - index;
      if (site.number(other).isPresent() && site.shape(index).equals(site.output())) {
        double number = site.number(other).get();
        site.chain(index, chain -> chain.then(Code.AFFINE, 1, number));
        return;
      }
    }
    if (!ProductDraft.added(site)) {
      both(site, Code.ADD, Code.ADD);
    }
  }

  private static void subtract(Site site) {
    if (site.number(1).isPresent() && site.shape(0).equals(site.output())) {
      double number = site.number(1).get();
      site.chain(0, chain -> chain.then(Code.AFFINE, 1, -number));
    } else if (site.number(0).isPresent() && site.shape(1).equals(site.output())) {
      double number = site.number(0).get();
      site.chain(1, chain -> chain.then(Code.AFFINE, -1, number));
    } else {
      both(site, Code.SUB, Code.SUB_FROM);
    }
  }

  private static void multiply(Site site) {
    for (int index = 0; index < 2; index++) {
      int other = 1 - index;
      if (site.number(other).isPresent() && site.shape(index).equals(site.output())) {
        double number = site.number(other).get();
        site.chain(index, chain -> chain.then(Code.AFFINE, number, -0.0));
        return;
      }
    }
    if (!ProductDraft.masked(site)) {
      both(site, Code.MUL, Code.MUL);
    }
  }
}

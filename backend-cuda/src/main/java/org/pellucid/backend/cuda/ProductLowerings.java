package org.pellucid.backend.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;

/** Products of matrices. */
final class ProductLowerings {
  private ProductLowerings() {}

  /**
   * A matrix in memory.
   *
   * @param row the step from one row to the next, in elements
   * @param column likewise
   */
  private record Matrix(Place place, int row, int column) {}

  /** What is added to a product: beta times a matrix that may repeat rows or columns. */
  private record Addend(Matrix matrix, double beta) {
    static final Addend NONE = new Addend(new Matrix(Place.NOWHERE, 0, 0), 0);
  }

  static void addTo(Lowerings table) {
    table.add(Gemm.class, ProductLowerings::gemm);
    table.add(MatMul.class, (op, site) -> matMul(site));
  }

  private static void gemm(Gemm op, Site site) {
    Shape a = site.shape(0);
    Shape b = site.shape(1);
    Matrix left =
        op.transposeA()
            ? new Matrix(site.input(0).place(), 1, a.dim(1))
            : new Matrix(site.input(0).place(), a.dim(1), 1);
    Matrix right =
        op.transposeB()
            ? new Matrix(site.input(1).place(), 1, b.dim(1))
            : new Matrix(site.input(1).place(), b.dim(1), 1);
    Addend addend = Addend.NONE;
    if (site.has(2)) {
      Shape c = site.shape(2);
      int row = c.rank() == 2 && c.dim(0) > 1 ? c.dim(1) : 0;
      int column = c.rank() > 0 && c.dim(-1) > 1 ? 1 : 0;
      addend = new Addend(new Matrix(site.input(2).place(), row, column), op.beta());
    }
    int terms = a.dim(op.transposeA() ? 0 : 1);
    int[] offsets = {0, 0};
    add(site, left, right, terms, site.output(), offsets, op.alpha(), addend);
  }

  private static void matMul(Site site) {
    int[] a = site.shape(0).dims();
    int[] b = site.shape(1).dims();
    int[] left = a.length == 1 ? new int[] {1, a[0]} : a;
    int[] right = b.length == 1 ? new int[] {b[0], 1} : b;
    int rows = left[left.length - 2];
    int terms = left[left.length - 1];
    int columns = right[right.length - 1];
    Shape batchA = Shape.of(Arrays.copyOf(left, left.length - 2));
    Shape batchB = Shape.of(Arrays.copyOf(right, right.length - 2));
    int[] offsets = {0, 0};
    int[] result = {rows, columns};
    if (batchB.size() == 1) {
      // The rows of all matrices at once.
      result[0] = Math.toIntExact(batchA.size() * rows);
    } else {
      offsets = offsets(batchA, rows * terms, batchB, terms * columns);
    }
    add(
        site,
        new Matrix(site.input(0).place(), terms, 1),
        new Matrix(site.input(1).place(), columns, 1),
        terms,
        Shape.of(result),
        offsets,
        1,
        Addend.NONE);
  }

  /** For each matrix of a batch, where the two that are multiplied begin. */
  private static int[] offsets(Shape a, int sizeA, Shape b, int sizeB) {
    Shape batch = Shape.broadcast(a, b);
    int count = Math.toIntExact(batch.size());
    int[] offsets = new int[2 * count];
    for (int i = 0; i < count; i++) {
      offsets[2 * i] = source(batch, i, a) * sizeA;
      offsets[2 * i + 1] = source(batch, i, b) * sizeB;
    }
    return offsets;
  }

  /** Which element of a shape that broadcasts stands at a position of the broadcast one. */
  private static int source(Shape batch, int position, Shape from) {
    int source = 0;
    int rest = position;
    for (int axis = batch.rank() - 1; axis >= 0; axis--) {
      int index = rest % batch.dim(axis);
      rest /= batch.dim(axis);
      int own = axis - (batch.rank() - from.rank());
      if (own >= 0 && from.dim(own) > 1) {
        source += index * from.strides()[own];
      }
    }
    return source;
  }

  private static void add(
      Site site,
      Matrix a,
      Matrix b,
      int terms,
      Shape each,
      int[] offsets,
      double alpha,
      Addend addend) {
    int rows = each.dim(0);
    int columns = each.dim(1);
    int batch = offsets.length / 2;
    Tiles tiles = Tiles.of(rows, columns, terms, batch, site.engine());
    Structure shape =
        site.structure()
            .ints(rows, columns, terms)
            .ints(a.row(), a.column(), b.row(), b.column())
            .ints(addend.matrix().row(), addend.matrix().column())
            .ints(batch, tiles.splits(), tiles.splitTerms())
            .reals(alpha, addend.beta());
    Place table = site.table(offsets);
    long size = (long) batch * rows * columns;
    Place parts =
        tiles.splits() == 1 ? null : site.temporary(Shape.of((int) size, tiles.splits())).place();
    site.add(
        ProductDraft.of(
            site.result(),
            addend.matrix().place(),
            site.numbers().wide(),
            (epilogue, target) -> {
              Launch product =
                  new Launch(
                      tiles.kernel("gemm", false),
                      tiles.grid(rows, columns, batch),
                      Dim3.of(tiles.threads()),
                      tiles.sharedBytes(),
                      List.of(
                          shape,
                          epilogue,
                          a.place(),
                          b.place(),
                          table,
                          parts == null ? target : parts));
              List<Step> steps = new ArrayList<>(List.of(product));
              if (parts != null) {
                steps.add(Launch.over(size, "gemm_combine", shape, epilogue, parts, target));
              }
              return steps;
            }));
  }
}

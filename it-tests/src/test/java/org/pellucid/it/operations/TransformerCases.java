package org.pellucid.it.operations;

import static org.pellucid.it.operations.CaseWriter.absent;
import static org.pellucid.it.operations.CaseWriter.fixed;
import static org.pellucid.it.operations.CaseWriter.input;

import java.util.Arrays;
import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Tensor;

/** Einsum, Attention, and what works with triangles and diagonals. */
final class TransformerCases {
  private TransformerCases() {}

  static List<OperationCase> all() {
    CaseWriter writer = new CaseWriter(9);
    sums(writer);
    attentions(writer);
    rotations(writer);
    triangles(writer);
    cumulativeSums(writer);
    return writer.cases();
  }

  private static void sum(CaseWriter writer, String equation, int[]... shapes) {
    List<CaseWriter.Argument> arguments =
        Arrays.stream(shapes).map(shape -> input(writer.normal(shape))).toList();
    writer.add(12, "Einsum", arguments, "equation", equation);
  }

  private static void sums(CaseWriter writer) {
    int[] matrix = {3, 4};
    // One operand: transposed, summed, its diagonal, its trace.
    sum(writer, "ij->ji", matrix);
    sum(writer, "ij->i", matrix);
    sum(writer, "ij->", matrix);
    sum(writer, "ij", matrix);
    sum(writer, "ji", matrix);
    sum(writer, "b i j -> b j i", new int[] {2, 3, 4});
    sum(writer, "ii->i", new int[] {4, 4});
    sum(writer, "bii->ib", new int[] {2, 3, 3});
    sum(writer, "ii", new int[] {4, 4});
    // Two: products of all kinds.
    sum(writer, "ij,jk->ik", matrix, new int[] {4, 5});
    sum(writer, "ij,jk", matrix, new int[] {4, 5});
    sum(writer, "ij,kj->ki", matrix, new int[] {5, 4});
    sum(writer, "i,i->", new int[] {4}, new int[] {4});
    sum(writer, "i,j->ij", new int[] {3}, new int[] {4});
    sum(writer, "ij,ij->ij", matrix, matrix);
    sum(writer, "ij,j->ij", matrix, new int[] {4});
    sum(writer, "ij,k->j", matrix, new int[] {5});
    sum(writer, "bhid,bhjd->bhij", new int[] {2, 2, 3, 4}, new int[] {2, 2, 5, 4});
    sum(writer, "bhij,bhjd->bihd", new int[] {2, 2, 3, 5}, new int[] {2, 2, 5, 4});
    sum(writer, "bchw,ck->bkhw", new int[] {2, 3, 4, 2}, new int[] {3, 5});
    sum(writer, "bhwc,hkc->bhwk", new int[] {2, 3, 4, 5}, new int[] {3, 2, 5});
    sum(writer, "bij,bik->bjk", new int[] {2, 3, 4}, new int[] {2, 3, 5});
    // Three and more; some axes last into later operands.
    sum(writer, "ij,jk,kl->il", matrix, new int[] {4, 2}, new int[] {2, 5});
    sum(writer, "bi,ij,bj->b", new int[] {2, 3}, matrix, new int[] {2, 4});
    sum(writer, "ij,ij,ij->j", matrix, matrix, matrix);
    // Ellipses, aligned at their ends and broadcast.
    sum(writer, "...ij,...jk->...ik", new int[] {2, 3, 4}, new int[] {2, 4, 5});
    sum(writer, "...ij,jk->...ik", new int[] {2, 2, 3, 4}, new int[] {4, 5});
    sum(writer, "i...->...i", new int[] {2, 3, 4});
    sum(writer, "...i,...i", new int[] {2, 3, 4}, new int[] {2, 3, 4});
  }

  private static void attentions(CaseWriter writer) {
    for (int opset : new int[] {23, 24}) {
      CaseWriter.Argument q = input(writer.normal(2, 4, 3, 5));
      CaseWriter.Argument k = input(writer.normal(2, 4, 6, 5));
      CaseWriter.Argument v = input(writer.normal(2, 4, 6, 2));
      Tensor seen = writer.truths(3, 6);
      // Every row sees something: what a row is that sees nothing is not specified.
      long[] truths = seen.cast(ElementType.INT64).toLongArray();
      truths[0] = truths[6] = truths[12] = 1;
      Tensor mask = Tensor.of(seen.shape(), truths).cast(ElementType.BOOL);
      writer.add(opset, "Attention", List.of(q, k, v));
      writer.add(opset, "Attention", List.of(q, k, v), "scale", 0.3f);
      writer.add(opset, "Attention", List.of(q, k, v), "is_causal", 1);
      writer.add(opset, "Attention", List.of(q, k, v), "softcap", 1.5f);
      writer.add(opset, "Attention", List.of(q, k, v, fixed(mask)));
      writer.add(opset, "Attention", List.of(q, k, v, input(writer.normal(2, 1, 3, 6))));
      writer.add(opset, "Attention", List.of(q, k, v, fixed(writer.normal(3, 6))), "is_causal", 1);
      writer.add(
          opset,
          "Attention",
          List.of(
              input(writer.normal(2, 3, 12)),
              input(writer.normal(2, 5, 12)),
              input(writer.normal(2, 5, 8))),
          "q_num_heads",
          4,
          "kv_num_heads",
          4);
      // Each head of keys and values serves two of queries.
      writer.add(
          opset,
          "Attention",
          List.of(
              input(writer.normal(2, 3, 12)),
              input(writer.normal(2, 5, 6)),
              input(writer.normal(2, 5, 4))),
          "q_num_heads",
          4,
          "kv_num_heads",
          2);
    }
  }

  private static void rotations(CaseWriter writer) {
    int positions = 7;
    for (int interleaved : new int[] {0, 1}) {
      for (int turned : new int[] {0, 4}) {
        int half = turned == 0 ? 3 : 2;
        CaseWriter.Argument cos = fixed(writer.uniform(-1, 1, positions, half));
        CaseWriter.Argument sin = fixed(writer.uniform(-1, 1, positions, half));
        CaseWriter.Argument at = fixed(writer.integers(0, positions - 1, 2, 5));
        Object[] attributes = {
          "interleaved", interleaved, "rotary_embedding_dim", turned, "num_heads", 4
        };
        writer.add(
            23,
            "RotaryEmbedding",
            List.of(input(writer.normal(2, 4, 5, 6)), cos, sin, at),
            attributes);
        writer.add(
            23,
            "RotaryEmbedding",
            List.of(input(writer.normal(2, 5, 24)), cos, sin, at),
            attributes);
        writer.add(
            23,
            "RotaryEmbedding",
            List.of(
                input(writer.normal(2, 4, 5, 6)),
                input(writer.uniform(-1, 1, 2, 5, half)),
                input(writer.uniform(-1, 1, 2, 5, half))),
            attributes);
      }
    }
  }

  private static void triangles(CaseWriter writer) {
    for (int upper : new int[] {0, 1}) {
      for (int shift : new int[] {-5, -1, 0, 1, 2}) {
        writer.add(
            14,
            "Trilu",
            List.of(input(writer.normal(2, 3, 4)), fixed(Tensor.scalar((long) shift))),
            "upper",
            upper);
      }
      writer.add(14, "Trilu", List.of(input(writer.normal(4, 3))), "upper", upper);
      writer.addRough(
          14, "Trilu", List.of(input(writer.integers(-9, 9, 2, 3, 3)), absent()), "upper", upper);
    }
    for (int shift : new int[] {-1, 0, 2}) {
      writer.addRough(9, "EyeLike", List.of(input(writer.normal(3, 4))), "k", shift);
      writer.addRough(22, "EyeLike", List.of(input(writer.normal(4, 2))), "k", shift, "dtype", 7);
    }
  }

  private static void cumulativeSums(CaseWriter writer) {
    for (int opset : new int[] {11, 14}) {
      for (int axis : new int[] {0, 1, -1}) {
        for (int kind = 0; kind < 4; kind++) {
          CaseWriter.Argument along = fixed(Tensor.scalar((long) axis));
          Object[] attributes = {"exclusive", kind % 2, "reverse", kind / 2};
          writer.addRough(
              opset, "CumSum", List.of(fixed(writer.integers(-9, 9, 2, 3, 4)), along), attributes);
          writer.add(opset, "CumSum", List.of(input(writer.normal(2, 3, 4)), along), attributes);
        }
      }
      writer.add(opset, "CumSum", List.of(input(writer.normal(5)), fixed(CaseWriter.list(0))));
    }
  }
}

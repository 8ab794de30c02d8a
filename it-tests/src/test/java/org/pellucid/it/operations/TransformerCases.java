package org.pellucid.it.operations;

import static org.pellucid.it.operations.CaseWriter.absent;
import static org.pellucid.it.operations.CaseWriter.fixed;
import static org.pellucid.it.operations.CaseWriter.input;

import java.util.Arrays;
import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxModelBuilder;

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
    cumulativeProducts(writer);
    gates(writer);
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
      masks(writer, opset, q, k, v);
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

  /** Queries that see nothing, masks of -Infinity, with a cap, and keys of earlier calls. */
  private static void masks(
      CaseWriter writer,
      int opset,
      CaseWriter.Argument q,
      CaseWriter.Argument k,
      CaseWriter.Argument v) {
    long[] some = {1, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0};
    Tensor truths = Tensor.of(Shape.of(3, 6), some);
    float[] low = new float[some.length];
    for (int i = 0; i < low.length; i++) {
      low[i] = some[i] == 0 ? Float.NEGATIVE_INFINITY : 0;
    }
    Tensor infinite = Tensor.of(Shape.of(3, 6), low);
    for (boolean known : new boolean[] {false, true}) {
      for (Tensor mask : new Tensor[] {truths.cast(ElementType.BOOL), infinite}) {
        CaseWriter.Argument argument = known ? fixed(mask) : input(mask);
        writer.addRough(opset, "Attention", List.of(q, k, v, argument));
        writer.addRough(opset, "Attention", List.of(q, k, v, argument), "is_causal", 1);
      }
    }
    writer.add(
        opset, "Attention", List.of(q, k, v, fixed(infinite)), "softcap", 0.7f, "is_causal", 1);
    writer.add(opset, "Attention", List.of(q, k, v, input(writer.normal(3, 6))), "softcap", 0.7f);
    List<CaseWriter.Argument> past =
        List.of(
            q, k, v, absent(), input(writer.normal(2, 4, 2, 5)), input(writer.normal(2, 4, 2, 2)));
    for (int mode = 0; mode < 4; mode++) {
      writer.addSplit(opset, "Attention", 4, past, "qk_matmul_output_mode", mode);
    }
    writer.addSplit(opset, "Attention", 4, past, "is_causal", 1, "qk_matmul_output_mode", 3);
    if (opset >= 24) {
      writer.add(
          opset,
          "Attention",
          List.of(q, k, v, absent(), absent(), absent(), fixed(CaseWriter.list(6, 4))));
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

  /** Through zeros and negative numbers, too. */
  private static void cumulativeProducts(CaseWriter writer) {
    for (int axis : new int[] {0, 1, -1}) {
      for (int kind = 0; kind < 4; kind++) {
        CaseWriter.Argument along = fixed(Tensor.scalar((long) axis));
        Object[] attributes = {"exclusive", kind % 2, "reverse", kind / 2};
        writer.add(26, "CumProd", List.of(input(writer.normal(2, 3, 5)), along), attributes);
        Tensor numbers = writer.integers(-2, 3, 2, 3, 6);
        writer.addRough(26, "CumProd", List.of(fixed(numbers), along), attributes);
        writer.addRough(14, "CumSum", List.of(input(numbers), along), attributes);
        writer.add(
            26, "CumProd", List.of(input(numbers.cast(ElementType.FLOAT32)), along), attributes);
      }
    }
  }

  /** Newer than ONNX Runtime, to which it is told in other words. */
  private static void gates(CaseWriter writer) {
    for (float alpha : new float[] {1, 1.7f}) {
      Tensor gate = writer.normal(2, 3, 4);
      Tensor value = writer.normal(2, 3, 4);
      OnnxModelBuilder words = new OnnxModelBuilder(8, 13);
      words.input("x0", 2, 3, 4).input("x1", 2, 3, 4).output("y0");
      words.initializer("alpha", Tensor.scalar(alpha));
      words.node("Mul", List.of("x0", "alpha"), List.of("scaled"));
      words.node("Sigmoid", List.of("scaled"), List.of("open"));
      words.node("Mul", List.of("x0", "open"), List.of("swish"));
      words.node("Mul", List.of("swish", "x1"), List.of("y0"));
      Object[] attributes = alpha == 1 ? new Object[0] : new Object[] {"alpha", alpha};
      writer.addInWords(
          28, "SwiGLU", words.bytes(), List.of(input(gate), input(value)), attributes);
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

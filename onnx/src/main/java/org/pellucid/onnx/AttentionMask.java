package org.pellucid.onnx;

import java.util.Arrays;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.op.Where;

/**
 * What queries of an attention may look at, and what is added to their scores. Infinities stay out
 * of the arithmetic: what is hidden is told by truths, also where a mask of floats says it by
 * -Infinity. A query that may look at nothing has no weights at all, as ONNX 1.23 has it.
 */
final class AttentionMask {
  /** What stands where nothing may be looked at: finite, so that no row becomes undefined. */
  private static final float HIDDEN = -Float.MAX_VALUE;

  private static final int MASK = 3;
  private static final int PAST = 4;
  private static final int LENGTHS = 6;

  private final NodeTranslation node;
  private final int batch;
  private final int queries;
  private final int keys;

  /** Truths that broadcast to the scores; null where everything is seen. */
  private String seen;

  /** Floats that broadcast to the scores; null where there are none. */
  private String added;

  private AttentionMask(NodeTranslation node, Shape scores) {
    this.node = node;
    this.batch = scores.dim(0);
    this.queries = scores.dim(2);
    this.keys = scores.dim(3);
  }

  /** The mask of a node whose scores are [batch, heads, queries, keys]. */
  static AttentionMask of(NodeTranslation node, Shape scores) {
    AttentionMask mask = new AttentionMask(node, scores);
    mask.near();
    if (node.has(MASK)) {
      mask.given();
    }
    return mask;
  }

  /** Scores with the mask, as a softmax takes them. */
  String apply(String scores) {
    String sum = added == null ? scores : node.helper("biased", new Binary.Add(), scores, added);
    return hiding(sum, "masked", HIDDEN);
  }

  /** Masked scores with -Infinity for what is hidden. */
  String exactly(String masked) {
    return hiding(masked, "exactly", Double.NEGATIVE_INFINITY);
  }

  private String hiding(String scores, String suffix, double hidden) {
    if (seen == null) {
      return scores;
    }
    String nothing = node.number(suffix + "-hidden", hidden, node.type(scores).elementType());
    return node.helper(suffix, new Where(), seen, scores, nothing);
  }

  /** The weights that a softmax makes, but 0 for queries that may look at nothing. */
  String finish(String weights) {
    if (seen == null) {
      return weights;
    }
    ElementType type = node.type(weights).elementType();
    if (!node.isConstant(seen)) {
      // What is hidden has the weight 0 anyway, but where all is.
      String counts = node.helper("counts", new Cast(type), seen);
      return node.helper("seen-weights", new Binary.Mul(), weights, counts);
    }
    Tensor truths = node.constant(seen);
    Shape shape = truths.shape();
    if (shape.rank() == 0) {
      return truths.get(0) != 0
          ? weights
          : node.helper("no-weights", new Unary.Affine(0, 0), weights);
    }
    int length = shape.dim(-1);
    float[] rows = new float[length == 0 ? 0 : truths.size() / length];
    for (int i = 0; i < truths.size(); i++) {
      rows[i / length] = Math.max(rows[i / length], (float) truths.get(i));
    }
    boolean all = true;
    for (float row : rows) {
      all &= row != 0;
    }
    if (all) {
      return weights;
    }
    String counts = node.constant("rows", Tensor.of(shape.with(shape.rank() - 1, 1), rows));
    return node.helper("seen-weights", new Binary.Mul(), weights, counts);
  }

  private void see(String truths) {
    seen = seen == null ? truths : node.helper("seen", new Binary.And(), seen, truths);
  }

  /**
   * What is near enough. Keys of earlier calls come before a query's own; where only some keys are
   * there, the last of those is the last query's own.
   */
  private void near() {
    boolean causal = node.attributes().flag("is_causal", false);
    // -1 sets no bound, as does a bound beyond any length.
    int left = bound("left_window_size");
    int right = Math.min(causal ? 0 : Integer.MAX_VALUE, bound("right_window_size"));
    boolean some = node.has(LENGTHS);
    if (left == Integer.MAX_VALUE && right == Integer.MAX_VALUE && !some) {
      return;
    }
    long[] lengths = some ? lengths() : new long[] {keys};
    int past = node.has(PAST) ? node.shape(PAST).dim(2) : 0;
    Shape shape = some ? Shape.of(batch, 1, queries, keys) : Shape.of(queries, keys);
    node.takeRoom(shape.size());
    byte[] truths = new byte[Math.toIntExact(shape.size())];
    for (int i = 0; i < truths.length; i++) {
      int key = i % keys;
      int query = i / keys % queries;
      long length = lengths[i / keys / queries];
      long before = some && !node.has(PAST) ? length - queries : past;
      long ahead = key - (query + before);
      truths[i] = (byte) (ahead <= right && -ahead <= left && key < length ? 1 : 0);
    }
    see(node.constant("near", Tensor.of(shape, truths)));
  }

  private int bound(String attribute) {
    int bound = node.attributes().whole(attribute, -1);
    return bound < 0 ? Integer.MAX_VALUE : bound;
  }

  /** How many keys each sample has. */
  private long[] lengths() {
    long[] lengths = node.constant(LENGTHS, "number of keys").toLongArray();
    if (lengths.length != batch) {
      throw new IllegalArgumentException(
          "it has numbers of keys " + Arrays.toString(lengths) + " for " + batch + " samples");
    }
    return lengths;
  }

  /** The mask that is an input; keys beyond its end are hidden. */
  private void given() {
    Shape shape = node.shape(MASK);
    boolean truths = node.type(MASK).elementType() == ElementType.BOOL;
    if (!truths && !node.type(MASK).elementType().isFloating()) {
      throw new IllegalArgumentException("its mask is " + node.type(MASK));
    }
    String mask = node.input(MASK);
    int told = shape.rank() == 0 ? 1 : shape.dim(-1);
    if (told != 1 && told < keys) {
      Shape rest = shape.with(shape.rank() - 1, keys - told);
      node.takeRoom(rest.size());
      int size = Math.toIntExact(rest.size());
      Tensor nothing = truths ? Tensor.of(rest, new byte[size]) : Tensor.of(rest, new float[size]);
      mask =
          node.helper(
              "whole-mask",
              new Concat(shape.rank() - 1),
              mask,
              node.constant("beyond-mask", nothing));
      byte[] first = new byte[keys];
      Arrays.fill(first, 0, told, (byte) 1);
      see(node.constant("told", Tensor.of(Shape.of(keys), first)));
    }
    if (truths) {
      see(mask);
    } else if (node.isConstant(mask)) {
      split(node.constant(mask));
    } else {
      added = mask;
      String low = node.number("hiding", Double.NEGATIVE_INFINITY, node.type(mask).elementType());
      see(node.helper("shown", new Binary.Greater(), mask, low));
    }
  }

  /** Parts a known mask of floats into what hides and what is added. */
  private void split(Tensor mask) {
    node.takeRoom(2L * mask.size());
    byte[] shown = new byte[mask.size()];
    float[] finite = new float[mask.size()];
    boolean hides = false;
    boolean adds = false;
    for (int i = 0; i < finite.length; i++) {
      double element = mask.get(i);
      if (element == Double.NEGATIVE_INFINITY) {
        hides = true;
        continue;
      }
      shown[i] = 1;
      finite[i] = (float) element;
      adds |= element != 0;
    }
    if (hides) {
      see(node.constant("shown", Tensor.of(mask.shape(), shown)));
    }
    if (adds) {
      added = node.constant("finite-mask", Tensor.of(mask.shape(), finite));
    }
  }
}

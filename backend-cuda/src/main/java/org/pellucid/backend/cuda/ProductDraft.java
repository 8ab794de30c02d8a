package org.pellucid.backend.cuda;

import java.util.List;
import java.util.function.BiFunction;

/**
 * A convolution or a product of matrices, with what is done to its sums before they are stored:
 * bias added, a tensor of the output's shape added, bounds, and zero where another tensor is not
 * positive, in this order. Nodes that follow and do that become part of it.
 *
 * @param target where the result goes
 * @param bias or no place
 * @param added a tensor of the output's shape, or no place
 * @param mask a tensor of the output's shape, or no place
 * @param least the lower bound
 * @param most the upper bound
 * @param launches makes the steps, of the structure {@code Epilogue} and the target
 */
record ProductDraft(
    Place target,
    Place bias,
    Place added,
    Place mask,
    double least,
    double most,
    boolean wide,
    BiFunction<Structure, Place, List<Step>> launches)
    implements Draft {

  /** A product to which nothing else is done. */
  static ProductDraft of(
      Place target, Place bias, boolean wide, BiFunction<Structure, Place, List<Step>> launches) {
    return new ProductDraft(
        target,
        bias,
        Place.NOWHERE,
        Place.NOWHERE,
        Double.NEGATIVE_INFINITY,
        Double.POSITIVE_INFINITY,
        wide,
        launches);
  }

  private boolean bounded() {
    return least != Double.NEGATIVE_INFINITY || most != Double.POSITIVE_INFINITY;
  }

  @Override
  public List<Step> steps() {
    Structure epilogue =
        new Structure(wide).pointer(bias).pointer(added).pointer(mask).reals(least, most);
    return launches.apply(epilogue, target);
  }

  /** Takes bounds on a product into it, where that is possible. */
  static boolean bounded(Site site, double min, double max) {
    ProductDraft draft = site.open(0, ProductDraft.class).orElse(null);
    if (draft == null || draft.bounded() || draft.mask() != Place.NOWHERE) {
      return false;
    }
    site.take(0);
    site.add(
        new ProductDraft(
            site.result(),
            draft.bias,
            draft.added,
            draft.mask,
            min,
            max,
            draft.wide,
            draft.launches));
    return true;
  }

  /** Takes a tensor that is added to a product into it, where that is possible. */
  static boolean added(Site site) {
    if (!site.shape(0).equals(site.shape(1)) || site.name(0).equals(site.name(1))) {
      return false;
    }
    for (int index = 1; index >= 0; index--) {
      ProductDraft draft = site.open(index, ProductDraft.class).orElse(null);
      if (draft != null
          && draft.added == Place.NOWHERE
          && !draft.bounded()
          && draft.mask == Place.NOWHERE) {
        Place other = site.input(1 - index).place();
        site.take(index);
        site.add(
            new ProductDraft(
                site.result(),
                draft.bias,
                other,
                draft.mask,
                draft.least,
                draft.most,
                draft.wide,
                draft.launches));
        return true;
      }
    }
    return false;
  }

  /** Takes the gradient of a ReLU into the product that it is applied to: a factor y > 0. */
  static boolean masked(Site site) {
    for (int index = 0; index < 2; index++) {
      ProductDraft draft = site.open(index, ProductDraft.class).orElse(null);
      ChainDraft mask = site.open(1 - index, ChainDraft.class).orElse(null);
      if (draft != null
          && draft.mask == Place.NOWHERE
          && mask != null
          && site.shape(0).equals(site.shape(1))
          && isPositive(mask.chain())) {
        Place y = mask.chain().operands().get(0).place();
        site.take(index);
        site.take(1 - index);
        site.add(
            new ProductDraft(
                site.result(),
                draft.bias,
                draft.added,
                y,
                draft.least,
                draft.most,
                draft.wide,
                draft.launches));
        return true;
      }
    }
    return false;
  }

  /** Whether a chain says where a tensor is positive. */
  private static boolean isPositive(Chain chain) {
    return chain.instructions().size() == 1
        && chain.instructions().get(0).code() == Code.GREATER_THAN
        && chain.instructions().get(0).p() == 0
        && chain.operands().get(0).shape().equals(chain.shape());
  }
}

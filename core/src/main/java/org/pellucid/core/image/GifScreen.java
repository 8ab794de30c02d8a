package org.pellucid.core.image;

import java.awt.AlphaComposite;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The screen that the frames of a GIF are placed on. The first frame may cover a part of it only;
 * the rest is transparent.
 *
 * @param width of the screen, at least as far as the first frame reaches
 * @param height likewise
 * @param left column of the frame
 * @param top row of the frame
 * @param whole whether the frame covers the screen
 */
record GifScreen(int width, int height, int left, int top, boolean whole) {

  static GifScreen of(ImageReader reader) throws IOException {
    Element frame = element(reader.getImageMetadata(0), "ImageDescriptor");
    Element screen = element(reader.getStreamMetadata(), "LogicalScreenDescriptor");
    int left = number(frame, "imageLeftPosition");
    int top = number(frame, "imageTopPosition");
    int right = left + reader.getWidth(0);
    int bottom = top + reader.getHeight(0);
    int width = Math.max(right, number(screen, "logicalScreenWidth"));
    int height = Math.max(bottom, number(screen, "logicalScreenHeight"));
    boolean whole = left == 0 && top == 0 && right == width && bottom == height;
    return new GifScreen(width, height, left, top, whole);
  }

  private static Element element(IIOMetadata metadata, String name) {
    Element root = (Element) metadata.getAsTree(metadata.getNativeMetadataFormatName());
    NodeList found = root.getElementsByTagName(name);
    return found.getLength() == 0 ? null : (Element) found.item(0);
  }

  private static int number(Element element, String attribute) {
    String value = element == null ? "" : element.getAttribute(attribute);
    return value.isEmpty() ? 0 : Integer.parseInt(value);
  }

  /** The screen with the frame on it; the frame itself where it covers all. */
  BufferedImage place(BufferedImage image) {
    if (whole) {
      return image;
    }
    BufferedImage placed = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = placed.createGraphics();
    graphics.setComposite(AlphaComposite.Src);
    graphics.drawImage(image, left, top, null);
    graphics.dispose();
    return placed;
  }
}

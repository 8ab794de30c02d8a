/** From a raw saliency map to a picture: normalising, upsampling, colouring, blending. */
package org.pellucid.core.render;

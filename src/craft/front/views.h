/* views - what the pages of this room are given. */
#include "front.h"

/* views - what the pages of this room are given. */
#include "front.h"
#include "lookup.h"

#include <stdio.h>

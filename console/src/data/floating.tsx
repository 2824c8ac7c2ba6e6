import { type ReactNode, useLayoutEffect, useRef } from "react";

interface FloatingProps {
  readonly className: string;
  readonly children: ReactNode;
}

/** What stands above the page beneath the element that holds it, so that no table cuts it off. */
export function Floating({ className, children }: FloatingProps) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { current } = box;
    const anchor = current?.parentElement;
    if (current === null || anchor === null || anchor === undefined) return undefined;
    if (!current.matches(":popover-open")) current.showPopover();
    const place = (): void => {
      const { left, bottom, top } = anchor.getBoundingClientRect();
      const { offsetWidth: width, offsetHeight: height } = current;
      const above = bottom + height > innerHeight && top > height;
      current.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
      current.style.top = `${above ? top - height - 4 : bottom + 4}px`;
    };
    place();
    addEventListener("scroll", place, true);
    addEventListener("resize", place);
    return () => {
      removeEventListener("scroll", place, true);
      removeEventListener("resize", place);
    };
  });
  return (
    <div ref={box} popover="manual" className={className}>
      {children}
    </div>
  );
}

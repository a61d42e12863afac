import { Button as AntButton, Checkbox, Input, Modal, Select, type InputRef } from "antd";
import { useId, useRef, type ComponentProps, type ReactNode } from "react";

export { Checkbox, Input, Select };
export type { InputRef };
export const TextArea = Input.TextArea;
export const Password = Input.Password;

type ButtonProps = Omit<ComponentProps<typeof AntButton>, "danger"> & { shortcut?: string };

/** Red is for danger to people, so no button is red. `shortcut` is shown; whoever places the button listens for it. */
export function Button({ shortcut, children, ...more }: ButtonProps) {
  return (
    <AntButton {...more}>
      <span>{children}</span>
      {shortcut && <kbd aria-hidden>{shortcut}</kbd>}
    </AntButton>
  );
}

export function Panel({ title, aside, children, label }: { title?: ReactNode; aside?: ReactNode; children: ReactNode; label?: string }) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={title ? id : undefined} aria-label={label}>
      {title && (
        <div className="row">
          <h2 className="grow" id={id}>{title}</h2>
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}

/** A window for looking something up; never for confirming, and never over a call. */
export function Window({ open, title, onClose, children, width = 560 }: { open: boolean; title: string; onClose: () => void; children: ReactNode; width?: number }) {
  const box = useRef<HTMLDivElement>(null);
  // The keyboard goes to the first field that is still empty, once the window stands.
  const focus = () => {
    const fields = [...(box.current?.querySelectorAll("input") ?? [])];
    if (!box.current?.contains(document.activeElement)) (fields.find((one) => !one.value) ?? fields[0])?.focus();
  };
  return (
    <Modal open={open} title={title} onCancel={onClose} footer={null} width={width} destroyOnHidden afterOpenChange={(shown) => shown && focus()}>
      <div ref={box}>{children}</div>
    </Modal>
  );
}

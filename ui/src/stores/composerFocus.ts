/**
 * Focus after a dialog that can open a room: the composer if it did, otherwise what had the focus
 * before the dialog.
 */
import { useNavigation } from "./navigation";

export function useComposerFocus(): { focusComposer(): void; onCloseAutoFocus(event: Event): void } {
  const navigation = useNavigation();
  let entered = false;
  return {
    /** To be called before the dialog closes, if it opened a room. */
    focusComposer: () => (entered = true),
    onCloseAutoFocus(event) {
      if (!entered) return;
      event.preventDefault();
      navigation.view.composed++;
    },
  };
}

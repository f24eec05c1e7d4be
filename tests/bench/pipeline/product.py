class Product:
    name = "product"

"""What the recorded cases read from S3."""


def get_object(parameters):
    return {"Body": "Col1,Col2\nValue1,Value2\nValue3,Value4\n"}
